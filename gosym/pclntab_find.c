// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * Finding the function table and the row that describes it. Places, surest first: a section of its own, the
 * symbol, a scan of the loaded bytes (external PIE and c-shared put it inside .data.rel.ro). A place counts
 * when the header holds together and a sample of the records agrees with the row; magics occur by
 * chance. Header: src/runtime/symtab.go, pcHeader (before 1.16: no type, cmd/link's pclntab comment).
 */
#include "config.h"

#include <elf.h>
#include <inttypes.h>
#include <string.h>

#include "gosym/cleanup.h"
#include "gosym/pclntab_layouts.h"

/* Functions looked at to accept a row: enough for chance, few enough for hundreds of candidates. */
#define SAMPLE 64
/* Neither has ever exceeded 9. */
#define MAX_TABLES 32
/* A file full of plausible headers is hostile: stop. */
#define MAX_CANDIDATES 10000

static uint64_t header_word(const struct pclntab *t, int word)
{
	uint64_t v = 0;

	bytes_ptr(&t->bytes, 8 + (uint64_t)word * t->bytes.ptr_size, &v);
	return v;
}

static struct gosym_error *broken(const struct pclntab *t, uint64_t pos, const char *what)
{
	return gosym_error_new(GOSYM_BAD_DATA, "%s: %s+0x%" PRIx64 ": %s: the file is damaged or was obfuscated",
			       t->bytes.file, t->bytes.section, pos, what);
}

/* A window that ends at its last NUL: every string that begins inside then ends inside. */
static void trim_strings(struct bytes *b)
{
	const uint8_t *end = b->size ? memrchr(b->data, 0, b->size) : NULL;

	b->size = end ? (size_t)(end - b->data) + 1 : 0;
}

static struct gosym_error *windows_single(struct pclntab *t)
{
	unsigned ptr = t->bytes.ptr_size;
	uint32_t files;

	t->names = t->files = t->pctab = t->bytes;
	trim_strings(&t->names);
	t->func_base = 0;
	if (!bytes_sub(&t->bytes, 8 + ptr, t->bytes.size - 8 - ptr, &t->functab))
		return broken(t, 8, "the function table begins outside the section");
	if (t->nfunc > t->functab.size / (2 * ptr) ||
	    !bytes_u32(&t->functab, t->nfunc * 2 * ptr + ptr, &files) ||
	    !bytes_sub(&t->bytes, files, t->bytes.size - files, &t->cutab))
		return broken(t, 8, "nfunc: more functions than the section holds");
	return NULL;
}

static struct gosym_error *windows_split(struct pclntab *t)
{
	const struct pclntab_layout *row = t->layout;
	const struct { int word; struct bytes *window; } tables[] = {
		{ row->funcnames, &t->names }, { row->cutab, &t->cutab }, { row->files, &t->files },
		{ row->pctab, &t->pctab }, { row->functab, &t->functab },
	};
	size_t num = sizeof(tables) / sizeof(*tables);
	uint64_t ptr = t->bytes.ptr_size, start = 8 + (uint64_t)(row->functab + 1) * ptr;

	for (size_t i = 0; i < num; i++) {
		uint64_t pos = header_word(t, tables[i].word);
		uint64_t end = i + 1 < num ? header_word(t, tables[i + 1].word) : t->bytes.size;

		if (pos < start || end < pos || !bytes_sub(&t->bytes, pos, end - pos, tables[i].window))
			return broken(t, 8 + (uint64_t)tables[i].word * ptr, "an offset of the header is out of order");
		start = pos;
	}
	t->func_base = start;
	trim_strings(&t->names);
	trim_strings(&t->files);
	ptr = row->entry32 ? 4 : ptr;
	if (t->functab.size < ptr || t->nfunc > (t->functab.size - ptr) / (2 * ptr))
		return broken(t, 8, "nfunc: more functions than the section holds");
	return NULL;
}

static struct gosym_error *windows(struct pclntab *t)
{
	t->nfunc = header_word(t, 0);
	t->min_lc = t->bytes.data[6];
	if (!t->nfunc)
		return broken(t, 8, "nfunc: no functions");
	return t->layout->functab == NO_FIELD ? windows_single(t) : windows_split(t);
}

/* One record against the row; *funcdata counts those that have any. */
static bool record_fits(const struct pclntab *t, uint64_t i, uint64_t *funcdata)
{
	const struct pclntab_layout *row = t->layout;
	unsigned entry = row->entry32 ? 4 : t->bytes.ptr_size;
	struct bytes tab = t->functab, rec;
	uint64_t off, npcdata, nfuncdata, name;
	struct cursor c;
	uint8_t flag = 0;

	tab.ptr_size = (uint8_t)entry;
	if (!bytes_ptr(&tab, (2 * i + 1) * entry, &off) ||
	    !bytes_sub(&t->bytes, t->func_base + off, entry + row->record_size, &rec))
		return false;
	c = cursor_at(&rec, entry);
	name = cursor_u32(&c);
	c.pos = entry + 24;
	npcdata = cursor_u32(&c);
	c.pos = entry + (size_t)row->nfuncdata;
	nfuncdata = row->nfuncdata_size == 4 ? cursor_u32(&c) : cursor_u8(&c);
	if (row->flag != NO_FIELD)
		bytes_u8(&rec, entry + (uint64_t)row->flag, &flag);
	*funcdata += nfuncdata > 0;
	return name < t->names.size && npcdata <= MAX_TABLES && nfuncdata <= MAX_TABLES && flag < 0x20;
}

/* Most of a sample spread over the table: one damaged record must not cost the file. Compiled functions have stack
 * maps: where none seems to have funcdata, its number is elsewhere (up to 1.11 it was a word, then a byte). */
static bool records_fit(const struct pclntab *t)
{
	uint64_t num = t->nfunc < SAMPLE ? t->nfunc : SAMPLE, good = 0, funcdata = 0;

	for (uint64_t i = 0; i < num; i++)
		good += record_fits(t, i * (t->nfunc / num), &funcdata);
	return good * 4 >= num * 3 && funcdata;
}

static struct gosym_error *try_row(const struct pclntab_layout *row, struct pclntab *t)
{
	struct gosym_error *err;

	t->layout = row;
	err = windows(t);
	if (!err && !records_fit(t))
		err = broken(t, t->func_base, "the function records contradict the header");
	return err;
}

/* Go 1.26 left textStart 0 under the same magic: where the version is unknown, that word tells. */
static bool header_agrees(struct elf_file *e, const struct pclntab *t, const struct pclntab_layout *row)
{
	uint64_t text = 0;

	if (!row->entry32)
		return true;
	elf_ptr_at(e, t->bytes.addr + 8 + 2 * (uint64_t)t->bytes.ptr_size, &text);
	return (text == 0) == (row->text_start == NO_FIELD);
}

static bool known_magic(uint32_t magic)
{
	for (size_t i = 0; i < pclntab_num_layouts; i++) {
		if (pclntab_layouts[i].magic == magic)
			return true;
	}
	return false;
}

/* The row of this release; if its records do not fit or the release is unknown, the newest that fits. */
static struct gosym_error *choose_row(struct elf_file *e, const struct goversion *v, uint32_t magic,
				      struct pclntab *t)
{
	struct gosym_error *err = NULL;

	for (size_t i = 0; v->major && i < pclntab_num_layouts; i++) {
		const struct pclntab_layout *row = &pclntab_layouts[i];

		if ((row->magic != magic && known_magic(magic)) || !goversion_at_least(v, row->minor))
			continue;
		err = try_row(row, t);
		if (!err)
			return NULL;
		break;
	}
	for (size_t i = 0; i < pclntab_num_layouts; i++) {
		const struct pclntab_layout *row = &pclntab_layouts[i];
		struct gosym_error *why;

		/* A magic newer than the table, or overwritten: the records tell. */
		if (row->magic != magic && known_magic(magic))
			continue;
		if (!header_agrees(e, t, row))
			continue;
		why = try_row(row, t);
		if (!why) {
			gosym_error_destroy(err);
			return NULL;
		}
		gosym_error_destroy(err ? why : NULL);
		err = err ? err : why;
	}
	if (!known_magic(magic)) {
		gosym_error_destroy(err);
		return gosym_error_new(GOSYM_UNSUPPORTED, "%s: %s: unknown magic 0x%08x: written by a release newer"
				       " than Go 1.%d, or obfuscated", t->bytes.file, t->bytes.section, magic,
				       pclntab_newest_minor);
	}
	return err ? err : broken(t, 0, "the header fits no known release");
}

static bool header_plausible(const struct bytes *b, unsigned ptr_size)
{
	return b->size >= 16 && !b->data[4] && !b->data[5] &&
	       (b->data[6] == 1 || b->data[6] == 2 || b->data[6] == 4) && b->data[7] == ptr_size;
}

static struct gosym_error *try_place(struct elf_file *e, const struct goversion *v, const struct bytes *b,
				     const char *source, struct pclntab *ret)
{
	struct pclntab t = { .bytes = *b, .source = source };
	struct gosym_error *err;
	uint32_t magic;

	if (!header_plausible(b, elf_ptr_size(e)) || !bytes_u32(b, 0, &magic))
		return gosym_error_new(GOSYM_BAD_DATA, "%s: %s+0x0: no function table header: the file is damaged or"
				       " was obfuscated", b->file, b->section);
	err = choose_row(e, v, magic, &t);
	if (err)
		return err;
	*ret = t;
	return NULL;
}

/* ---- places ---- */

static const char *const section_names[] = { ".gopclntab", ".data.rel.ro.gopclntab" };

static struct gosym_error *find_section(struct elf_file *e, const struct goversion *v, struct pclntab *ret)
{
	for (size_t i = 0; i < sizeof(section_names) / sizeof(*section_names); i++) {
		const struct elf_section *s = elf_section_find(e, section_names[i]);
		struct gosym_error *err;
		struct bytes b;

		if (!s)
			continue;
		err = elf_section_bytes(e, s, &b);
		return err ? err : try_place(e, v, &b, section_names[i], ret);
	}
	return gosym_error_new(GOSYM_NOT_FOUND, "%s: no section .gopclntab", elf_path(e));
}

static struct gosym_error *find_symbol(struct elf_file *e, const struct goversion *v, struct pclntab *ret)
{
	const struct elf_symbol *start = elf_symbol_find(e, "runtime.pclntab");
	const struct elf_symbol *end = elf_symbol_find(e, "runtime.epclntab");
	struct bytes b;

	if (!start || !elf_bytes_at(e, start->value, &b))
		return gosym_error_new(GOSYM_NOT_FOUND, "%s: no symbol runtime.pclntab", elf_path(e));
	if (end && end->value > start->value)
		bytes_sub(&b, 0, end->value - start->value, &b);
	b.section = "runtime.pclntab";
	return try_place(e, v, &b, "symbol runtime.pclntab", ret);
}

static bool scan_load(struct elf_file *e, const struct goversion *v, const struct bytes *b, size_t *candidates,
		      struct pclntab *ret)
{
	/* 32-aligned before 1.26, pointer-aligned since. */
	for (size_t pos = -b->addr & (b->ptr_size - 1u); b->size - pos >= 16 && pos < b->size; pos += b->ptr_size) {
		struct bytes at;
		uint32_t magic = 0;
		_cleanup_error_ struct gosym_error *err = NULL;

		if (b->data[pos + 4] || b->data[pos + 7] != b->ptr_size)
			continue;
		bytes_u32(b, pos, &magic);
		if (!known_magic(magic) || !bytes_sub(b, pos, b->size - pos, &at))
			continue;
		if (++*candidates > MAX_CANDIDATES)
			return false;
		err = try_place(e, v, &at, "scan", ret);
		if (!err)
			return true;
	}
	return false;
}

static struct gosym_error *find_scan(struct elf_file *e, const struct goversion *v, struct pclntab *ret)
{
	size_t candidates = 0;

	for (size_t i = 0; i < elf_segment_count(e); i++) {
		const struct elf_segment *s = elf_segment_at(e, i);
		struct bytes b;

		if (s->type == PT_LOAD && s->filesz && elf_bytes_at(e, s->vaddr, &b) &&
		    scan_load(e, v, &b, &candidates, ret))
			return NULL;
	}
	return gosym_error_new(GOSYM_NOT_FOUND, "%s: no function table by section, symbol or scan", elf_path(e));
}

/* "Not found" at one place leads to the next; a table that is there but broken is reported if no other is. */
struct gosym_error *pclntab_find(struct elf_file *e, const struct goversion *v, struct pclntab *ret)
{
	struct gosym_error *(*const places[])(struct elf_file *, const struct goversion *, struct pclntab *) = {
		find_section, find_symbol, find_scan,
	};
	struct gosym_error *worst = NULL;

	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++) {
		struct gosym_error *err = places[i](e, v, ret);

		if (!err) {
			gosym_error_destroy(worst);
			return NULL;
		}
		if (!worst || gosym_error_code(worst) == GOSYM_NOT_FOUND) {
			gosym_error_destroy(worst);
			worst = err;
		} else {
			gosym_error_destroy(err);
		}
	}
	return worst;
}
