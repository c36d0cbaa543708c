// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * The open binary. Opening reads, in this order because each step needs the one before: ELF headers, the version
 * (it chooses rows), the function table, moduledata (it is recognised by the table), the functions (their
 * base is in moduledata). DWARF is opened when first asked for. A file without a function table is told
 * apart: another Go compiler, another language, not a linked program.
 */
#include "config.h"

#include <elf.h>
#include <inttypes.h>
#include <string.h>

#include "gosym/binary.h"
#include "gosym/cleanup.h"
#include "gosym/rtype.h"

DEFINE_CLEANUP(cleanup_binary, struct gosym_binary *, gosym_close(*p))

const char *gosym_version(void)
{
	return PACKAGE_VERSION;
}

/* ---- what is not Go ---- */

static const uint8_t *section_search(struct elf_file *e, const char *section, const char *text, size_t *left)
{
	const struct elf_section *s = elf_section_find(e, section);
	_cleanup_error_ struct gosym_error *err = NULL;
	const uint8_t *hit;
	struct bytes b;

	if (!s)
		return NULL;
	err = elf_section_bytes(e, s, &b);
	if (err)
		return NULL;
	hit = memmem(b.data, b.size, text, strlen(text));
	if (hit)
		*left = b.size - (size_t)(hit - b.data);
	return hit;
}

/* What other Go compilers leave behind: gccgo in its producer, its export data and its library's name; TinyGo
 * in its producer and in names of its own runtime. */
static const struct { const char *section, *text, *compiler; } compilers[] = {
	{ ".debug_str", "TinyGo", "TinyGo" },
	{ ".strtab", "tinygo_", "TinyGo" },
	{ ".strtab", "runtime.initAll", "TinyGo" },
	{ ".debug_str", "GNU Go ", "gccgo" },
	{ ".debug_info", "GNU Go ", "gccgo" },
	{ ".dynstr", "libgo.so", "gccgo" },
	{ ".strtab", "__go_init_main", "gccgo" },
	{ ".strtab", "runtime_isstarted", "gccgo" },
};

static struct gosym_error *other_compiler(struct elf_file *e, const char *name)
{
	return gosym_error_new(GOSYM_NOT_GO, "%s: built by %s, whose functions follow a calling convention of their own"
			       " and which writes no function table: build it with the gc toolchain (go build%s)",
			       elf_path(e), name, strcmp(name, "gccgo") ? "" : " -compiler gc");
}

/* UPX leaves its mark behind the program headers: its stub unpacks the program in memory. */
static bool is_packed(struct elf_file *e)
{
	enum { LOOKED_AT = 4096 };

	for (size_t i = 0; i < elf_segment_count(e); i++) {
		const struct elf_segment *s = elf_segment_at(e, i);
		struct bytes b;

		if (s->type == PT_LOAD && s->filesz && elf_bytes_at(e, s->vaddr, &b) &&
		    memmem(b.data, b.size < LOOKED_AT ? b.size : LOOKED_AT, "UPX!", 4))
			return true;
	}
	return false;
}

static struct gosym_error *not_go(struct elf_file *e)
{
	char comment[80] = "";
	const uint8_t *hit;
	size_t left;

	if (elf_section_find(e, ".go_export"))
		return other_compiler(e, "gccgo");
	for (size_t i = 0; i < sizeof(compilers) / sizeof(*compilers); i++) {
		if (section_search(e, compilers[i].section, compilers[i].text, &left))
			return other_compiler(e, compilers[i].compiler);
	}
	if (is_packed(e))
		return gosym_error_new(GOSYM_NOT_GO, "%s: packed by UPX, so that its code and tables are not in the file: "
				       "unpack it (upx -d)", elf_path(e));
	hit = section_search(e, ".comment", "", &left);
	if (hit)
		snprintf(comment, sizeof(comment), "; its .comment says \"%.50s\"",
			 memchr(hit, 0, left) ? (const char *)hit : "");
	return gosym_error_new(GOSYM_NOT_GO, "%s: not a Go program: no function table (pclntab) by section, symbol or"
			       " scan%s", elf_path(e), comment);
}

static struct gosym_error *check_type(struct elf_file *e)
{
	if (elf_type(e) == ET_EXEC || elf_type(e) == ET_DYN)
		return NULL;
	return gosym_error_new(GOSYM_NOT_GO, "%s: %s: give a linked program or shared object", elf_path(e),
			       elf_type(e) == ET_REL ? "an object file that is not linked yet" :
			       elf_type(e) == ET_CORE ? "a core dump" : "neither a program nor a shared object");
}

/* ---- opening ---- */

/* The compiler signs every unit: "Go cmd/compile go1.10.3; regabi". */
static struct gosym_error *version_from_producer(struct gosym_binary *b)
{
	static const char *const sections[] = { ".debug_info", ".debug_str" };
	static const char mark[] = "Go cmd/compile ";

	for (size_t i = 0; i < sizeof(sections) / sizeof(*sections); i++) {
		size_t left, len = 0;
		const uint8_t *hit = section_search(b->elf, sections[i], mark, &left);
		const char *text = hit ? (const char *)hit + sizeof(mark) - 1 : NULL;

		if (!hit)
			continue;
		left -= sizeof(mark) - 1;
		while (len < left && len < 200 && text[len] >= ' ' && text[len] != ';')
			len++;
		b->buildinfo.version = arena_strndup(&b->arena, text, len);
		b->buildinfo.version_source = "DWARF producer";
		return b->buildinfo.version ? NULL : gosym_nomem;
	}
	return NULL;
}

static struct gosym_error *read_version(struct gosym_binary *b)
{
	struct gosym_error *err = buildinfo_read(b->elf, &b->arena, &b->buildinfo);

	if (!err && !b->buildinfo.version)
		err = version_from_producer(b);
	goversion_parse(b->buildinfo.version, &b->version);
	return err;
}

static struct gosym_error *read_tables(struct gosym_binary *b)
{
	struct gosym_error *err = pclntab_find(b->elf, &b->version, &b->pclntab);

	if (err && gosym_error_code(err) == GOSYM_NOT_FOUND) {
		gosym_error_destroy(err);
		return not_go(b->elf);
	}
	if (!err)
		err = moduledata_find(b->elf, &b->version, &b->pclntab, &b->moduledata);
	if (!err)
		err = pclntab_load(b->elf, &b->version, &b->moduledata, &b->pclntab);
	return err;
}

/* Takes e over, also when it fails. */
static struct gosym_error *open_binary(struct elf_file *e, bool in_memory, struct gosym_binary **ret)
{
	_cleanup_(cleanup_binary) struct gosym_binary *b = calloc(1, sizeof(*b));
	struct gosym_error *err;

	if (!b) {
		elf_close(e);
		return gosym_nomem;
	}
	b->elf = e;
	b->in_memory = in_memory;
	err = check_type(e);
	if (!err)
		err = read_version(b);
	if (!err)
		err = read_tables(b);
	if (err)
		return err;
	*ret = no_cleanup_ptr(b);
	return NULL;
}

struct gosym_error *gosym_open(const char *path, struct gosym_binary **ret)
{
	struct elf_file *e;
	struct gosym_error *err = elf_open(path, &e);

	return err ? err : open_binary(e, false, ret);
}

struct gosym_error *gosym_open_fd(int fd, const char *name, struct gosym_binary **ret)
{
	struct elf_file *e;
	struct gosym_error *err = elf_open_fd(fd, name, &e);

	return err ? err : open_binary(e, false, ret);
}

struct gosym_error *gosym_open_mem(const void *data, size_t size, const char *name, struct gosym_binary **ret)
{
	struct elf_file *e;
	struct gosym_error *err = elf_open_mem(data, size, name, &e);

	return err ? err : open_binary(e, true, ret);
}

void gosym_close(struct gosym_binary *b)
{
	if (!b)
		return;
	/* From right to left: each layer may point into those before it. */
	for (size_t i = NUM_EXT; i-- > 0;) {
		if (b->ext[i].destroy)
			b->ext[i].destroy(b->ext[i].data);
	}
	dwarf_close(b->dwarf);
	elf_close(b->debug.elf);
	rtypes_close(b->rtypes);
	nameindex_deinit(&b->func_index);
	pclntab_deinit(&b->pclntab);
	elf_close(b->elf);
	arena_deinit(&b->arena);
	free(b);
}

/* GOSYM_NOT_FOUND is no error: *ret = NULL. */
static struct gosym_error *dwarf_of(struct gosym_binary *b, struct elf_file *e, struct dwarf **ret)
{
	/* Scalars of 8 bytes are aligned like words: 4 on the 32-bit machines. */
	struct gosym_error *err = dwarf_open(e, &b->arena, elf_ptr_size(e), b->moduledata.types, ret);

	if (!err || gosym_error_code(err) != GOSYM_NOT_FOUND)
		return err;
	gosym_error_destroy(err);
	*ret = NULL;
	return NULL;
}

struct gosym_error *binary_dwarf(struct gosym_binary *b, struct dwarf **ret)
{
	struct gosym_error *err;

	if (!b->dwarf_tried) {
		err = dwarf_of(b, b->elf, &b->dwarf);
		if (!err && !b->dwarf && !b->in_memory && !b->debug.elf)
			err = debugfile_find(b->elf, &b->arena, &b->debug);
		if (!err && !b->dwarf && b->debug.elf)
			err = dwarf_of(b, b->debug.elf, &b->dwarf);
		if (err)
			return err;
		b->dwarf_tried = true;
	}
	*ret = b->dwarf;
	return NULL;
}

/* ---- functions ---- */

size_t gosym_func_count(const struct gosym_binary *b)
{
	return b->pclntab.num_funcs;
}

size_t gosym_func_unreadable(const struct gosym_binary *b)
{
	return b->pclntab.num_bad;
}

const struct gosym_func *gosym_func_at(const struct gosym_binary *b, size_t i)
{
	return i < b->pclntab.num_funcs ? &b->pclntab.funcs[i] : NULL;
}

static const char *func_name_at(const void *array, uint32_t pos)
{
	return ((const struct gosym_func *)array)[pos].name;
}

struct gosym_error *gosym_func_find(struct gosym_binary *b, const char *name, const struct gosym_func **ret)
{
	const struct pclntab *t = &b->pclntab;
	uint32_t pos;

	if (!b->func_index.size) {
		if (!nameindex_init(&b->func_index, t->num_funcs))
			return gosym_nomem;
		for (size_t i = 0; i < t->num_funcs; i++)
			nameindex_add(&b->func_index, (uint32_t)i, func_name_at, t->funcs);
	}
	pos = nameindex_find(&b->func_index, name, func_name_at, t->funcs);
	if (pos == NAMEINDEX_NONE)
		return gosym_error_new(GOSYM_NOT_FOUND, "%s: no function %s", elf_path(b->elf), name);
	*ret = &t->funcs[pos];
	return NULL;
}

struct gosym_error *gosym_func_at_addr(struct gosym_binary *b, uint64_t addr, const struct gosym_func **ret)
{
	const struct gosym_func *f = pclntab_func_at(&b->pclntab, addr);

	if (!f)
		return gosym_error_new(GOSYM_NOT_FOUND, "%s: 0x%" PRIx64 " is in no Go function", elf_path(b->elf),
				       addr);
	*ret = f;
	return NULL;
}

bool gosym_addr_of_offset(const struct gosym_binary *b, uint64_t offset, uint64_t *ret)
{
	for (size_t i = 0; i < elf_segment_count(b->elf); i++) {
		const struct elf_segment *s = elf_segment_at(b->elf, i);

		if (s->type != PT_LOAD || offset < s->offset || offset - s->offset >= s->filesz)
			continue;
		*ret = s->vaddr + (offset - s->offset);
		return true;
	}
	return false;
}

const char *gosym_func_name(const struct gosym_func *f)
{
	return f->name;
}

uint64_t gosym_func_entry(const struct gosym_func *f)
{
	return f->entry;
}

uint64_t gosym_func_end(const struct gosym_func *f)
{
	return f->end;
}

const char *gosym_func_abi(const struct gosym_func *f)
{
	return f->abi == FUNC_ABIINTERNAL ? "ABIInternal" : "ABI0";
}

bool gosym_func_is_wrapper(const struct gosym_func *f)
{
	return f->wrapper;
}

void gosym_func_source(struct gosym_binary *b, const struct gosym_func *f, const char **file, unsigned *line)
{
	pclntab_source(&b->pclntab, f, file, line);
}
