// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * ELF files. libelf translates the headers of either class and byte order; contents are windows into the
 * mapped file. What the headers claim is compared with the true size first, so a truncated copy is told
 * apart from a damaged one. Compressed sections (SHF_COMPRESSED, and Go 1.11-1.18's .zdebug_*: "ZLIB",
 * 8 bytes of size, a zlib stream) are unpacked once and kept.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <inttypes.h>
#include <libelf.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <zlib.h>

#include "gosym/arena.h"
#include "gosym/cleanup.h"
#include "gosym/elf.h"
#include "gosym/nameindex.h"

#ifndef EM_LOONGARCH
#define EM_LOONGARCH 258
#endif
#ifndef SHF_COMPRESSED
#define SHF_COMPRESSED (1 << 11)
#endif
#ifndef DF_1_PIE
#define DF_1_PIE 0x08000000
#endif

/* deflate cannot shrink below 1 byte for 1032 (zlib, "maximum compression factor"). */
#define ZLIB_MAX_RATIO 1032

struct section_state {
	uint8_t *unpacked;
	size_t unpacked_size;
	bool gnu;			/* .zdebug_* */
};

struct elf_file {
	struct arena arena;
	const char *path;
	const uint8_t *data;
	size_t size;
	void *map;			/* munmap()ed at the end; NULL for borrowed memory */
	uint16_t machine, type;
	uint64_t entry;
	bool big_endian;
	unsigned ptr_size;
	struct elf_section *sections;
	struct section_state *states;
	size_t num_sections;
	struct elf_segment *segments;
	size_t num_segments;
	struct elf_load *loads;		/* PT_LOADs by address */
	size_t num_loads, last_load;
	struct elf_symbol *symbols;
	size_t num_symbols;
	bool symbols_read;
	struct nameindex symbol_index;
	struct elf_relative *relatives;
	size_t num_relatives;
	bool relatives_read;
};

struct elf_load { uint64_t vaddr, offset, size; const char *name; };

DEFINE_CLEANUP(cleanup_elf_file, struct elf_file *, elf_close(*p))
DEFINE_CLEANUP(cleanup_libelf, Elf *, elf_end(*p))

/* ---- opening ---- */

/* What a file is that is not ELF, as far as its first bytes tell. */
static const struct { const char *magic; size_t len; const char *what; } other_formats[] = {
	{ "MZ", 2, "a Windows program" },
	{ "\xcf\xfa\xed\xfe", 4, "a macOS program" },
	{ "\xca\xfe\xba\xbe", 4, "a macOS universal program" },
	{ "#!", 2, "a script" },
	{ "!<arch>\n", 8, "a library archive" },
	{ "\x1f\x8b", 2, "gzip data: unpack it first" },
	{ "PK\3\4", 4, "a zip archive" },
	{ "\0asm", 4, "a WebAssembly module" },
};

static struct gosym_error *not_elf(const struct elf_file *e)
{
	char text[3 * 8 + 1] = "";

	if (!e->size)
		return gosym_error_new(GOSYM_NOT_GO, "%s: empty file: give an ELF program", e->path);
	for (size_t i = 0; i < sizeof(other_formats) / sizeof(*other_formats); i++) {
		if (e->size >= other_formats[i].len &&
		    !memcmp(e->data, other_formats[i].magic, other_formats[i].len))
			return gosym_error_new(GOSYM_NOT_GO, "%s: not an ELF file (it is %s)", e->path,
					       other_formats[i].what);
	}
	for (size_t i = 0; i < 8 && i < e->size; i++)
		sprintf(text + strlen(text), "%s%02x", i ? " " : "", e->data[i]);
	return gosym_error_new(GOSYM_NOT_GO, "%s: not an ELF file (starts with %s): give an ELF program", e->path,
			       text);
}

static struct gosym_error *truncated(const struct elf_file *e, const char *what, uint64_t offset, uint64_t size)
{
	return gosym_error_new(GOSYM_BAD_DATA, "%s: truncated: %s at 0x%" PRIx64 "+0x%" PRIx64
			       " lies beyond the end of the file (0x%zx bytes): copy the file again",
			       e->path, what, offset, size, e->size);
}

static bool inside(const struct elf_file *e, uint64_t offset, uint64_t size)
{
	return offset <= e->size && size <= e->size - offset;
}

static struct bytes window(const struct elf_file *e, uint64_t offset, uint64_t size, uint64_t addr, const char *name)
{
	return (struct bytes){ .data = e->data + offset, .size = size, .file = e->path, .section = name, .addr = addr,
			       .big_endian = e->big_endian, .ptr_size = (uint8_t)e->ptr_size };
}

static int compare_loads(const void *a, const void *b)
{
	const struct elf_load *x = a, *y = b;

	return (x->vaddr > y->vaddr) - (x->vaddr < y->vaddr);
}

static struct gosym_error *read_segments(struct elf_file *e, Elf *elf)
{
	size_t num;

	if (elf_getphdrnum(elf, &num))
		return gosym_error_new(GOSYM_BAD_DATA, "%s: program headers: %s", e->path, elf_errmsg(-1));
	e->segments = arena_array(&e->arena, num, sizeof(*e->segments));
	e->loads = arena_array(&e->arena, num, sizeof(*e->loads));
	if (!e->segments || !e->loads)
		return gosym_nomem;
	for (size_t i = 0; i < num; i++) {
		GElf_Phdr p;

		if (!gelf_getphdr(elf, (int)i, &p))
			return gosym_error_new(GOSYM_BAD_DATA, "%s: program header %zu: %s", e->path, i,
					       elf_errmsg(-1));
		e->segments[e->num_segments++] = (struct elf_segment){
			.offset = p.p_offset, .vaddr = p.p_vaddr, .filesz = p.p_filesz, .memsz = p.p_memsz,
			.type = p.p_type, .flags = p.p_flags };
		if (p.p_type != PT_LOAD || !p.p_filesz)
			continue;
		if (!inside(e, p.p_offset, p.p_filesz))
			return truncated(e, "a PT_LOAD segment", p.p_offset, p.p_filesz);
		e->loads[e->num_loads++] = (struct elf_load){ p.p_vaddr, p.p_offset, p.p_filesz,
			p.p_flags & PF_X ? "PT_LOAD(x)" : p.p_flags & PF_W ? "PT_LOAD(w)" : "PT_LOAD(r)" };
	}
	qsort(e->loads, e->num_loads, sizeof(*e->loads), compare_loads);
	return NULL;
}

static const char *section_name(struct elf_file *e, const struct bytes *names, uint32_t off, bool *gnu)
{
	const char *name = bytes_str(names, off);

	*gnu = name && !strncmp(name, ".zdebug_", 8);
	return !name ? "" : *gnu ? arena_printf(&e->arena, ".debug_%s", name + 8) : name;
}

static struct gosym_error *read_sections(struct elf_file *e, Elf *elf)
{
	struct bytes names = window(e, 0, 0, 0, ".shstrtab");
	size_t num, strndx;
	GElf_Shdr s;

	if (elf_getshdrnum(elf, &num))
		return gosym_error_new(GOSYM_BAD_DATA, "%s: section headers: %s", e->path, elf_errmsg(-1));
	e->sections = arena_array(&e->arena, num, sizeof(*e->sections));
	e->states = arena_array(&e->arena, num, sizeof(*e->states));
	if (!e->sections || !e->states)
		return gosym_nomem;
	if (num && !elf_getshdrstrndx(elf, &strndx) && gelf_getshdr(elf_getscn(elf, strndx), &s) &&
	    s.sh_type != SHT_NOBITS && inside(e, s.sh_offset, s.sh_size))
		names = window(e, s.sh_offset, s.sh_size, 0, ".shstrtab");
	for (size_t i = 0; i < num; i++) {
		if (!gelf_getshdr(elf_getscn(elf, i), &s))
			return gosym_error_new(GOSYM_BAD_DATA, "%s: section header %zu: %s", e->path, i,
					       elf_errmsg(-1));
		e->sections[i] = (struct elf_section){
			.name = section_name(e, &names, s.sh_name, &e->states[i].gnu), .addr = s.sh_addr,
			.offset = s.sh_offset, .size = s.sh_size, .flags = s.sh_flags, .entsize = s.sh_entsize,
			.type = s.sh_type, .link = s.sh_link, .index = i };
		e->num_sections++;
		if (!e->sections[i].name)
			return gosym_nomem;
		/* Go's linker puts these headers first: a cut-off file still has them. */
		if (s.sh_type != SHT_NOBITS && s.sh_type != SHT_NULL && !inside(e, s.sh_offset, s.sh_size))
			return truncated(e, e->sections[i].name, s.sh_offset, s.sh_size);
	}
	return NULL;
}

/* libelf answers 0 sections and no more when the table is cut off: look before it does. */
static struct gosym_error *check_headers(struct elf_file *e, const GElf_Ehdr *h)
{
	enum { SWAPPED_VERSION = EV_CURRENT << 24 };
	uint64_t size = (uint64_t)h->e_phnum * h->e_phentsize;

	if (h->e_version == SWAPPED_VERSION)
		return gosym_error_new(GOSYM_BAD_DATA, "%s: ELF header+0x%x: byte order %u is not that of the other fields: "
				       "the file is damaged", e->path, EI_DATA, e->data[EI_DATA]);
	if (h->e_phoff && !inside(e, h->e_phoff, size))
		return truncated(e, "the program header table", h->e_phoff, size);
	size = (uint64_t)(h->e_shnum ? h->e_shnum : 1) * h->e_shentsize;
	if (h->e_shoff && !inside(e, h->e_shoff, size))
		return truncated(e, "the section header table", h->e_shoff, size);
	return NULL;
}

static bool ident_known(const uint8_t *ident)
{
	return (ident[EI_CLASS] == ELFCLASS32 || ident[EI_CLASS] == ELFCLASS64) &&
	       (ident[EI_DATA] == ELFDATA2LSB || ident[EI_DATA] == ELFDATA2MSB);
}

static struct gosym_error *read_headers(struct elf_file *e)
{
	struct gosym_error *err;
	GElf_Ehdr h;

	if (e->size < SELFMAG || memcmp(e->data, ELFMAG, SELFMAG))
		return not_elf(e);
	if (e->size < EI_NIDENT)
		return truncated(e, "the ELF header", 0, sizeof(Elf64_Ehdr));
	if (!ident_known(e->data))
		return gosym_error_new(GOSYM_BAD_DATA, "%s: ELF header: class %u, byte order %u are none there are: "
				       "the file is damaged", e->path, e->data[EI_CLASS], e->data[EI_DATA]);
	if (elf_version(EV_CURRENT) == EV_NONE)
		return gosym_error_new(GOSYM_UNSUPPORTED, "libelf: %s", elf_errmsg(-1));
	/* Reading only: libelf copies what it must translate, and never writes to the image. */
	_cleanup_(cleanup_libelf) Elf *elf = elf_memory((char *)(uintptr_t)e->data, e->size);
	if (!elf || elf_kind(elf) != ELF_K_ELF || !gelf_getehdr(elf, &h)) {
		if (e->size < sizeof(Elf64_Ehdr))
			return truncated(e, "the ELF header", 0, sizeof(Elf64_Ehdr));
		return gosym_error_new(GOSYM_BAD_DATA, "%s: ELF header: %s", e->path, elf_errmsg(-1));
	}
	e->machine = h.e_machine;
	e->type = h.e_type;
	e->entry = h.e_entry;
	e->big_endian = h.e_ident[EI_DATA] == ELFDATA2MSB;
	e->ptr_size = h.e_ident[EI_CLASS] == ELFCLASS32 ? 4 : 8;
	err = check_headers(e, &h);
	if (!err)
		err = read_sections(e, elf);
	return err ? err : read_segments(e, elf);
}

static struct gosym_error *open_image(const void *data, size_t size, void *map, const char *name,
				      struct elf_file **ret)
{
	_cleanup_(cleanup_elf_file) struct elf_file *e = calloc(1, sizeof(*e));
	struct gosym_error *err;

	if (!e) {
		if (map)
			munmap(map, size);
		return gosym_nomem;
	}
	e->data = data;
	e->size = size;
	e->map = map;
	e->path = arena_strdup(&e->arena, name ? name : "(memory)");
	if (!e->path)
		return gosym_nomem;
	err = read_headers(e);
	if (err)
		return err;
	*ret = no_cleanup_ptr(e);
	return NULL;
}

struct gosym_error *elf_open_mem(const void *data, size_t size, const char *name, struct elf_file **ret)
{
	return open_image(data, size, NULL, name, ret);
}

struct gosym_error *elf_open_fd(int fd, const char *name, struct elf_file **ret)
{
	struct stat st;
	void *map;

	if (fstat(fd, &st))
		return gosym_error_errno(errno, "%s", name);
	if (S_ISDIR(st.st_mode))
		return gosym_error_new(GOSYM_NOT_GO, "%s: is a directory: give a program", name);
	if (!S_ISREG(st.st_mode))
		return gosym_error_new(GOSYM_INVALID, "%s: not a regular file: give a program", name);
	if (!st.st_size)
		return open_image("", 0, NULL, name, ret);
	/* The mapping outlives the descriptor. */
	map = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (map == MAP_FAILED)
		return gosym_error_errno(errno, "%s: cannot map it", name);
	return open_image(map, (size_t)st.st_size, map, name, ret);
}

struct gosym_error *elf_open(const char *path, struct elf_file **ret)
{
	/* O_NONBLOCK: opening a FIFO must not wait for a writer. */
	_cleanup_fd_ int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0)
		return gosym_error_errno(errno, "%s", path);
	return elf_open_fd(fd, path, ret);
}

void elf_close(struct elf_file *e)
{
	if (!e)
		return;
	for (size_t i = 0; i < e->num_sections; i++)
		free(e->states[i].unpacked);
	free(e->symbols);
	nameindex_deinit(&e->symbol_index);
	free(e->relatives);
	if (e->map)
		munmap(e->map, e->size);
	arena_deinit(&e->arena);
	free(e);
}

/* ---- getters ---- */

const char *elf_path(const struct elf_file *e)
{
	return e->path;
}

uint16_t elf_machine(const struct elf_file *e)
{
	return e->machine;
}

uint16_t elf_type(const struct elf_file *e)
{
	return e->type;
}

uint64_t elf_entry(const struct elf_file *e)
{
	return e->entry;
}

bool elf_big_endian(const struct elf_file *e)
{
	return e->big_endian;
}

unsigned elf_ptr_size(const struct elf_file *e)
{
	return e->ptr_size;
}

uint32_t elf_crc32(const struct elf_file *e)
{
	return (uint32_t)crc32_z(0, e->data, e->size);
}

size_t elf_section_count(const struct elf_file *e)
{
	return e->num_sections;
}

const struct elf_section *elf_section_at(const struct elf_file *e, size_t i)
{
	return i < e->num_sections ? &e->sections[i] : NULL;
}

const struct elf_section *elf_section_find(const struct elf_file *e, const char *name)
{
	for (size_t i = 0; i < e->num_sections; i++) {
		if (!strcmp(e->sections[i].name, name))
			return &e->sections[i];
	}
	return NULL;
}

size_t elf_segment_count(const struct elf_file *e)
{
	return e->num_segments;
}

const struct elf_segment *elf_segment_at(const struct elf_file *e, size_t i)
{
	return i < e->num_segments ? &e->segments[i] : NULL;
}

/* ---- section contents ---- */

static struct gosym_error *inflate_section(const struct elf_file *e, const struct elf_section *s,
					   const struct bytes *packed, uint64_t size, struct section_state *state)
{
	uLongf got = size;
	int status;

	if (size / ZLIB_MAX_RATIO > packed->size)
		return gosym_error_new(GOSYM_BAD_DATA, "%s: %s: claims %" PRIu64 " bytes, which its %zu compressed"
				       " ones cannot hold", e->path, s->name, size, packed->size);
	_cleanup_free_ uint8_t *out = malloc(size ? size : 1);
	if (!out)
		return gosym_nomem;
	status = uncompress(out, &got, packed->data, packed->size);
	if (status == Z_MEM_ERROR)
		return gosym_nomem;
	if (status != Z_OK || got != size)
		return gosym_error_new(GOSYM_BAD_DATA, "%s: %s: its zlib data is damaged", e->path, s->name);
	state->unpacked_size = size;
	state->unpacked = no_cleanup_ptr(out);
	return NULL;
}

/* Elf32_Chdr: type, size, align; Elf64_Chdr: type, reserved, size, align. */
static struct gosym_error *unpack_shf(const struct elf_file *e, const struct elf_section *s, const struct bytes *b,
				      struct section_state *state)
{
	struct cursor c = cursor_at(b, 0);
	struct gosym_error *err;
	struct bytes packed;
	uint64_t size;
	uint32_t type;

	type = cursor_u32(&c);
	if (e->ptr_size == 8)
		cursor_skip(&c, 4);
	size = cursor_ptr(&c);
	cursor_skip(&c, e->ptr_size);
	err = cursor_error(&c, "the compression header");
	if (err)
		return err;
	if (type != ELFCOMPRESS_ZLIB)
		return gosym_error_new(GOSYM_UNSUPPORTED, "%s: %s: compressed by method %u, not zlib: run objcopy"
				       " --decompress-debug-sections on a copy", e->path, s->name, type);
	bytes_sub(b, c.pos, b->size - c.pos, &packed);
	return inflate_section(e, s, &packed, size, state);
}

static struct gosym_error *unpack_gnu(const struct elf_file *e, const struct elf_section *s, const struct bytes *b,
				      struct section_state *state)
{
	struct cursor c = cursor_at(b, 4);
	struct gosym_error *err;
	struct bytes packed;
	uint64_t size = 0;

	for (int i = 0; i < 8; i++)
		size = size << 8 | cursor_u8(&c);
	err = cursor_error(&c, "the compression header");
	if (err)
		return err;
	bytes_sub(b, c.pos, b->size - c.pos, &packed);
	return inflate_section(e, s, &packed, size, state);
}

struct gosym_error *elf_section_bytes(struct elf_file *e, const struct elf_section *s, struct bytes *ret)
{
	struct section_state *state = &e->states[s->index];
	struct gosym_error *err = NULL;
	struct bytes b;

	if (s->type == SHT_NOBITS)
		return gosym_error_new(GOSYM_BAD_DATA, "%s: %s: has no bytes in the file: is it a separate debug file?"
				       " give the program itself", e->path, s->name);
	if (!inside(e, s->offset, s->size))
		return truncated(e, s->name, s->offset, s->size);
	b = window(e, s->offset, s->size, s->addr, s->name);
	if (!state->unpacked && s->flags & SHF_COMPRESSED)
		err = unpack_shf(e, s, &b, state);
	else if (!state->unpacked && state->gnu && b.size >= 12 && !memcmp(b.data, "ZLIB", 4))
		err = unpack_gnu(e, s, &b, state);
	if (err)
		return err;
	if (state->unpacked) {
		b.data = state->unpacked;
		b.size = state->unpacked_size;
	}
	*ret = b;
	return NULL;
}

/* ---- addresses ---- */

static bool load_holds(const struct elf_load *l, uint64_t addr)
{
	return addr >= l->vaddr && addr - l->vaddr < l->size;
}

/* The last PT_LOAD that begins at or before addr. */
static const struct elf_load *load_find(const struct elf_file *e, uint64_t addr)
{
	size_t low = 0, high = e->num_loads;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (e->loads[mid].vaddr <= addr)
			low = mid + 1;
		else
			high = mid;
	}
	return low && load_holds(&e->loads[low - 1], addr) ? &e->loads[low - 1] : NULL;
}

bool elf_bytes_at(struct elf_file *e, uint64_t addr, struct bytes *ret)
{
	const struct elf_load *l = load_find(e, addr);

	if (!l)
		return false;
	*ret = window(e, l->offset + (addr - l->vaddr), l->size - (addr - l->vaddr), addr, l->name);
	return true;
}

bool elf_addr_to_offset(const struct elf_file *e, uint64_t addr, uint64_t *ret)
{
	const struct elf_load *l = load_find(e, addr);

	if (!l)
		return false;
	*ret = l->offset + (addr - l->vaddr);
	return true;
}

/* ---- dynamic section and relocations ---- */

static bool segment_bytes(const struct elf_file *e, uint32_t type, struct bytes *ret)
{
	for (size_t i = 0; i < e->num_segments; i++) {
		const struct elf_segment *s = &e->segments[i];

		if (s->type == type && inside(e, s->offset, s->filesz)) {
			*ret = window(e, s->offset, s->filesz, s->vaddr, ".dynamic");
			return true;
		}
	}
	return false;
}

static bool dynamic_find(const struct elf_file *e, uint64_t tag, uint64_t *ret)
{
	struct bytes b;
	uint64_t t, v;

	if (!segment_bytes(e, PT_DYNAMIC, &b))
		return false;
	for (uint64_t pos = 0; bytes_ptr(&b, pos, &t) && bytes_ptr(&b, pos + e->ptr_size, &v) && t;
	     pos += 2 * e->ptr_size) {
		if (t == tag) {
			*ret = v;
			return true;
		}
	}
	return false;
}

bool elf_has_interp(const struct elf_file *e)
{
	for (size_t i = 0; i < e->num_segments; i++) {
		if (e->segments[i].type == PT_INTERP)
			return true;
	}
	return false;
}

bool elf_is_pie(const struct elf_file *e)
{
	uint64_t flags;

	return dynamic_find(e, DT_FLAGS_1, &flags) && flags & DF_1_PIE;
}

/* The relocation "load bias + addend". Machines that keep addends in the word (REL) need no row. */
static const struct { uint16_t machine; uint32_t type; } relative_types[] = {
	{ EM_X86_64, R_X86_64_RELATIVE }, { EM_AARCH64, R_AARCH64_RELATIVE }, { EM_PPC64, R_PPC64_RELATIVE },
	{ EM_S390, R_390_RELATIVE }, { EM_RISCV, R_RISCV_RELATIVE }, { EM_LOONGARCH, 3 },
};

static int compare_relatives(const void *a, const void *b)
{
	const struct elf_relative *x = a, *y = b;

	return (x->where > y->where) - (x->where < y->where);
}

/* DT_RELA rather than .rela.dyn: it is there without section headers, and covers the same. */
static struct gosym_error *relatives_read(struct elf_file *e)
{
	uint64_t addr, size, info;
	uint32_t wanted = 0;
	bool sorted = true;
	struct bytes b;
	size_t num;

	e->relatives_read = true;
	for (size_t i = 0; i < sizeof(relative_types) / sizeof(*relative_types); i++) {
		if (relative_types[i].machine == e->machine)
			wanted = relative_types[i].type;
	}
	if (!wanted || e->ptr_size != 8 || !dynamic_find(e, DT_RELA, &addr) || !dynamic_find(e, DT_RELASZ, &size) ||
	    !elf_bytes_at(e, addr, &b))
		return NULL;
	num = (size < b.size ? size : b.size) / sizeof(Elf64_Rela);
	e->relatives = calloc(num ? num : 1, sizeof(*e->relatives));
	if (!e->relatives)
		return gosym_nomem;
	for (struct cursor c = cursor_at(&b, 0); c.pos / sizeof(Elf64_Rela) < num;) {
		struct elf_relative *r = &e->relatives[e->num_relatives];

		r->where = cursor_u64(&c);
		info = cursor_u64(&c);
		r->addend = cursor_u64(&c);
		if (ELF64_R_TYPE(info) != wanted)
			continue;
		sorted = sorted && (!e->num_relatives || r[-1].where <= r->where);
		e->num_relatives++;
	}
	if (!sorted)
		qsort(e->relatives, e->num_relatives, sizeof(*e->relatives), compare_relatives);
	return NULL;
}

struct gosym_error *elf_relatives(struct elf_file *e, const struct elf_relative **ret, size_t *num)
{
	struct gosym_error *err = e->relatives_read ? NULL : relatives_read(e);

	if (err)
		return err;
	*ret = e->relatives;
	*num = e->num_relatives;
	return NULL;
}

static bool relative_addend(struct elf_file *e, uint64_t addr, uint64_t *ret)
{
	_cleanup_error_ struct gosym_error *err = e->relatives_read ? NULL : relatives_read(e);
	const struct elf_relative key = { .where = addr };
	const struct elf_relative *r;

	if (err || !e->num_relatives)
		return false;
	r = bsearch(&key, e->relatives, e->num_relatives, sizeof(key), compare_relatives);
	if (r)
		*ret = r->addend;
	return r;
}

bool elf_ptr_at(struct elf_file *e, uint64_t addr, uint64_t *ret)
{
	struct bytes b;

	if (!elf_bytes_at(e, addr, &b) || !bytes_ptr(&b, 0, ret))
		return false;
	/* Go's and GNU's linkers write the addend into the word as well; lld leaves the word 0. */
	if (!*ret)
		relative_addend(e, addr, ret);
	return true;
}

/* ---- symbols ---- */

static const struct elf_section *section_of_type(const struct elf_file *e, uint32_t type)
{
	for (size_t i = 0; i < e->num_sections; i++) {
		if (e->sections[i].type == type)
			return &e->sections[i];
	}
	return NULL;
}

/* Elf32_Sym: name, value, size, info, other, shndx; Elf64_Sym: name, info, other, shndx, value, size. */
static void symbol_read(struct cursor *c, const struct bytes *names, size_t names_end, struct elf_symbol *ret)
{
	uint32_t name = cursor_u32(c);

	if (c->bytes->ptr_size == 4) {
		ret->value = cursor_u32(c);
		ret->size = cursor_u32(c);
	}
	ret->type = cursor_u8(c) & 0xf;
	cursor_skip(c, 1);
	ret->shndx = cursor_u16(c);
	if (c->bytes->ptr_size == 8) {
		ret->value = cursor_u64(c);
		ret->size = cursor_u64(c);
	}
	ret->name = name < names_end ? (const char *)names->data + name : "";
}

static struct gosym_error *symbols_read(struct elf_file *e)
{
	const struct elf_section *s = section_of_type(e, SHT_SYMTAB);
	size_t num, entry = e->ptr_size == 8 ? sizeof(Elf64_Sym) : sizeof(Elf32_Sym);
	struct bytes table, names;
	struct gosym_error *err;
	const uint8_t *end;

	if (!s || s->type == SHT_NOBITS || s->link >= e->num_sections) {
		e->symbols_read = true;
		return NULL;
	}
	err = elf_section_bytes(e, s, &table);
	if (!err)
		err = elf_section_bytes(e, &e->sections[s->link], &names);
	if (err)
		return err;
	/* Strings before the last NUL end inside the table: nothing needs to be measured. */
	end = names.size ? memrchr(names.data, 0, names.size) : NULL;
	num = table.size / entry;
	e->symbols = calloc(num ? num : 1, sizeof(*e->symbols));
	if (!e->symbols)
		return gosym_nomem;
	for (struct cursor c = cursor_at(&table, 0); e->num_symbols < num; e->num_symbols++)
		symbol_read(&c, &names, end ? (size_t)(end - names.data) + 1 : 0, &e->symbols[e->num_symbols]);
	e->symbols_read = true;
	return NULL;
}

struct gosym_error *elf_symbols(struct elf_file *e, const struct elf_symbol **ret, size_t *num)
{
	struct gosym_error *err = e->symbols_read ? NULL : symbols_read(e);

	if (err)
		return err;
	*ret = e->symbols;
	*num = e->num_symbols;
	return NULL;
}

static const char *symbol_name_at(const void *array, uint32_t pos)
{
	return ((const struct elf_symbol *)array)[pos].name;
}

const struct elf_symbol *elf_symbol_find(struct elf_file *e, const char *name)
{
	_cleanup_error_ struct gosym_error *err = e->symbols_read ? NULL : symbols_read(e);
	uint32_t pos;

	if (err || !e->num_symbols)
		return NULL;
	if (!e->symbol_index.size) {
		if (!nameindex_init(&e->symbol_index, e->num_symbols))
			return NULL;
		for (size_t i = 0; i < e->num_symbols; i++) {
			if (e->symbols[i].name[0] && e->symbols[i].shndx != SHN_UNDEF)
				nameindex_add(&e->symbol_index, (uint32_t)i, symbol_name_at, e->symbols);
		}
	}
	pos = nameindex_find(&e->symbol_index, name, symbol_name_at, e->symbols);
	return pos == NAMEINDEX_NONE ? NULL : &e->symbols[pos];
}

/* ---- notes ---- */

static bool note_in(const struct bytes *b, const char *owner, uint32_t type, struct bytes *ret)
{
	struct cursor c = cursor_at(b, 0);

	while (!c.failed && c.pos < b->size) {
		uint32_t namesz = cursor_u32(&c), descsz = cursor_u32(&c), t = cursor_u32(&c);
		const uint8_t *name = cursor_bytes(&c, namesz);
		size_t desc;

		cursor_skip(&c, -namesz & 3);
		desc = c.pos;
		cursor_skip(&c, descsz);
		if (c.failed)
			return false;
		/* Go counts the padding of its owner's name into its length. */
		if (t == type && namesz > strlen(owner) && !memcmp(name, owner, strlen(owner) + 1))
			return bytes_sub(b, desc, descsz, ret);
		/* The last one may lack its padding. */
		if (b->size - c.pos >= (-descsz & 3))
			cursor_skip(&c, -descsz & 3);
	}
	return false;
}

bool elf_note(struct elf_file *e, const char *owner, uint32_t type, struct bytes *ret)
{
	for (size_t i = 0; i < e->num_segments; i++) {
		const struct elf_segment *s = &e->segments[i];
		struct bytes b;

		if (s->type != PT_NOTE || !inside(e, s->offset, s->filesz))
			continue;
		b = window(e, s->offset, s->filesz, s->vaddr, "PT_NOTE");
		if (note_in(&b, owner, type, ret))
			return true;
	}
	for (size_t i = 0; i < e->num_sections; i++) {
		const struct elf_section *s = &e->sections[i];
		struct bytes b;

		if (s->type != SHT_NOTE || !inside(e, s->offset, s->size))
			continue;
		b = window(e, s->offset, s->size, s->addr, s->name);
		if (note_in(&b, owner, type, ret))
			return true;
	}
	return false;
}
