/* SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later */
/*
 * ELF: sections, segments, symbols, and the way between addresses and file offsets. elf.c is the only
 * file that includes libelf. Section contents are borrowed from the mapped file; compressed ones
 * (.zdebug_*, SHF_COMPRESSED) are unpacked on first use.
 */
#ifndef GOSYM_ELF_H
#define GOSYM_ELF_H

#include "gosym/bytes.h"

struct elf_section {
	const char *name;		/* ".zdebug_info" is listed as ".debug_info" */
	uint64_t addr, offset, size;	/* as in the section header */
	uint64_t flags, entsize;
	uint32_t type, link;
	size_t index;
};

struct elf_segment { uint64_t offset, vaddr, filesz, memsz; uint32_t type, flags; };
struct elf_symbol { const char *name; uint64_t value, size; uint8_t type; uint16_t shndx; };

struct elf_file;

struct gosym_error *elf_open(const char *path, struct elf_file **ret);
struct gosym_error *elf_open_fd(int fd, const char *name, struct elf_file **ret);	/* dup()s fd */
struct gosym_error *elf_open_mem(const void *data, size_t size, const char *name, struct elf_file **ret);
void elf_close(struct elf_file *e);

const char *elf_path(const struct elf_file *e);
uint16_t elf_machine(const struct elf_file *e);		/* EM_* */
uint16_t elf_type(const struct elf_file *e);		/* ET_EXEC, ET_DYN */
uint64_t elf_entry(const struct elf_file *e);
bool elf_big_endian(const struct elf_file *e);
unsigned elf_ptr_size(const struct elf_file *e);
uint32_t elf_crc32(const struct elf_file *e);		/* of the whole file, as .gnu_debuglink has it */

size_t elf_section_count(const struct elf_file *e);
const struct elf_section *elf_section_at(const struct elf_file *e, size_t i);
const struct elf_section *elf_section_find(const struct elf_file *e, const char *name);	/* NULL if absent */
/* The section's bytes, unpacked. SHT_NOBITS and absent bytes are errors. */
struct gosym_error *elf_section_bytes(struct elf_file *e, const struct elf_section *s, struct bytes *ret);

size_t elf_segment_count(const struct elf_file *e);
const struct elf_segment *elf_segment_at(const struct elf_file *e, size_t i);
/* All file-backed bytes from addr to the end of its PT_LOAD. False if addr is not in the file. */
bool elf_bytes_at(struct elf_file *e, uint64_t addr, struct bytes *ret);
bool elf_addr_to_offset(const struct elf_file *e, uint64_t addr, uint64_t *ret);

/* A word of type pointer at addr, with R_*_RELATIVE relocations (whose addend some linkers keep outside
 * the word) applied. */
bool elf_ptr_at(struct elf_file *e, uint64_t addr, uint64_t *ret);

/* The R_*_RELATIVE relocations, sorted by address; read once, on first use. */
struct elf_relative { uint64_t where, addend; };
struct gosym_error *elf_relatives(struct elf_file *e, const struct elf_relative **ret, size_t *num);

/* .symtab; *num is 0 when there is none. Borrowed; read once, on first use. */
struct gosym_error *elf_symbols(struct elf_file *e, const struct elf_symbol **ret, size_t *num);
/* By exact name, from .symtab. NULL if absent. First use reads the table and builds a hash. */
const struct elf_symbol *elf_symbol_find(struct elf_file *e, const char *name);
/* The descriptor of a note, e.g. ("Go", 4) or ("GNU", 3). False if absent. */
bool elf_note(struct elf_file *e, const char *owner, uint32_t type, struct bytes *ret);
/* Whether the dynamic section names an interpreter / needed libraries / DF_1_PIE. */
bool elf_has_interp(const struct elf_file *e);
bool elf_is_pie(const struct elf_file *e);

#endif
