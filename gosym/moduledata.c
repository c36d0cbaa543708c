// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * Finding runtime.moduledata. Its first words point into the function table, which makes it recognisable:
 * since 1.16 word 0 is the address of the table and word 1 that of its names; before, word 0 is a
 * slice of the table and word 3 points to functab. A place counts when these, the text range and the type
 * range hold together. Where the linker left the words to relocations, their addends are searched.
 */
#include <elf.h>
#include <string.h>

#include "gosym/cleanup.h"
#include "gosym/moduledata.h"
#include "gosym/moduledata_layouts.h"
#include "gosym/pclntab_layouts.h"

struct search {
	struct elf_file *elf;
	const struct goversion *version;
	const struct pclntab *table;
	struct moduledata *ret;
};

/* ---- one place ---- */

static uint64_t word_at(const struct search *s, uint64_t addr, int word)
{
	uint64_t v = 0;

	if (word != NO_WORD)
		elf_ptr_at(s->elf, addr + (uint64_t)word * elf_ptr_size(s->elf), &v);
	return v;
}

static bool head_fits(const struct search *s, const struct moduledata_layout *row, uint64_t addr)
{
	const struct pclntab *t = s->table;

	if (word_at(s, addr, 0) != t->bytes.addr)
		return false;
	if (row->pc_header != NO_WORD)
		return word_at(s, addr, 1) == t->names.addr && word_at(s, addr, 2) == word_at(s, addr, 3);
	return word_at(s, addr, 1) == word_at(s, addr, 2) && word_at(s, addr, row->ftab) == t->functab.addr &&
	       word_at(s, addr, row->ftab + 1) == t->nfunc + 1;
}

static bool slice_fits(const struct search *s, uint64_t addr, int word)
{
	uint64_t len = word_at(s, addr, word + 1), data = word_at(s, addr, word);
	struct bytes b;

	if (word == NO_WORD)
		return true;
	return len == word_at(s, addr, word + 2) &&
	       (!len || (elf_bytes_at(s->elf, data, &b) && len <= b.size));
}

static bool body_fits(const struct search *s, const struct moduledata_layout *row, uint64_t addr)
{
	uint64_t text = word_at(s, addr, row->text), etext = word_at(s, addr, row->etext);
	uint64_t minpc = word_at(s, addr, row->minpc), maxpc = word_at(s, addr, row->maxpc);
	uint64_t types = word_at(s, addr, row->types), etypes = word_at(s, addr, row->etypes);
	struct bytes b;

	if (text > minpc || minpc >= maxpc || maxpc > etext || !elf_bytes_at(s->elf, text, &b))
		return false;
	if (types > etypes || (row->types != NO_WORD && !elf_bytes_at(s->elf, types, &b)))
		return false;
	if (row->gofunc != NO_WORD && !elf_bytes_at(s->elf, word_at(s, addr, row->gofunc), &b))
		return false;
	return slice_fits(s, addr, row->typelinks) && slice_fits(s, addr, row->itablinks) &&
	       slice_fits(s, addr, row->textsectmap);
}

static void fill(const struct search *s, const struct moduledata_layout *row, uint64_t addr)
{
	struct moduledata *m = s->ret;

	m->addr = addr;
	m->text = word_at(s, addr, row->text);
	m->etext = word_at(s, addr, row->etext);
	m->types = word_at(s, addr, row->types);
	m->etypes = word_at(s, addr, row->etypes);
	m->rodata = word_at(s, addr, row->rodata);
	m->gofunc = word_at(s, addr, row->gofunc);
	m->epclntab = word_at(s, addr, row->epclntab);
	m->typedesclen = word_at(s, addr, row->typedesclen);
	m->itaboffset = word_at(s, addr, row->itaboffset);
	m->itabsize = word_at(s, addr, row->itabsize);
	if (row->typelinks != NO_WORD) {
		m->typelinks = word_at(s, addr, row->typelinks);
		m->num_typelinks = word_at(s, addr, row->typelinks + 1);
	}
	if (row->itablinks != NO_WORD) {
		m->itablinks = word_at(s, addr, row->itablinks);
		m->num_itablinks = word_at(s, addr, row->itablinks + 1);
	}
	if (row->textsectmap != NO_WORD) {
		m->textsectmap = word_at(s, addr, row->textsectmap);
		m->num_textsects = word_at(s, addr, row->textsectmap + 1);
	}
}

/* The row of the release; where that is unknown, the newest that fits and is not newer than the table's magic. */
static bool try_place(const struct search *s, uint64_t addr)
{
	const struct goversion *v = s->version;

	for (size_t i = 0; i < moduledata_num_layouts; i++) {
		const struct moduledata_layout *row = &moduledata_layouts[i];

		if (v->major && !goversion_at_least(v, row->minor))
			continue;
		if (!v->major && !pclntab_layout_may_be(s->table->layout, row->minor))
			continue;
		if (head_fits(s, row, addr) && body_fits(s, row, addr)) {
			fill(s, row, addr);
			return true;
		}
		if (v->major)
			return false;
	}
	return false;
}

/* ---- places ---- */

static bool search_bytes(const struct search *s, const struct bytes *b)
{
	uint64_t v;

	for (uint64_t pos = -b->addr & (b->ptr_size - 1u); bytes_ptr(b, pos, &v); pos += b->ptr_size) {
		if (v == s->table->bytes.addr && try_place(s, b->addr + pos))
			return true;
	}
	return false;
}

static bool find_section(const struct search *s)
{
	/* Its own since 1.26, at the start; .noptrdata before. */
	static const char *const names[] = { ".go.module", ".noptrdata" };

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		const struct elf_section *sec = elf_section_find(s->elf, names[i]);
		struct bytes b;

		if (!sec || sec->type == SHT_NOBITS || !elf_bytes_at(s->elf, sec->addr, &b) || sec->size > b.size)
			continue;
		b.size = sec->size;
		if (search_bytes(s, &b)) {
			s->ret->source = names[i];
			return true;
		}
	}
	return false;
}

static bool find_symbol(const struct search *s)
{
	static const char *const names[] = { "runtime.firstmoduledata", "local.moduledata" };

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		const struct elf_symbol *sym = elf_symbol_find(s->elf, names[i]);

		if (sym && try_place(s, sym->value)) {
			s->ret->source = i ? "symbol local.moduledata" : "symbol runtime.firstmoduledata";
			return true;
		}
	}
	return false;
}

static bool find_scan(const struct search *s)
{
	for (size_t i = 0; i < elf_segment_count(s->elf); i++) {
		const struct elf_segment *seg = elf_segment_at(s->elf, i);
		struct bytes b;

		if (seg->type != PT_LOAD || !(seg->flags & PF_W) || !seg->filesz ||
		    !elf_bytes_at(s->elf, seg->vaddr, &b))
			continue;
		if (search_bytes(s, &b)) {
			s->ret->source = "scan";
			return true;
		}
	}
	return false;
}

static struct gosym_error *find_relocation(const struct search *s)
{
	const struct elf_relative *r = NULL;
	struct gosym_error *err;
	size_t num = 0;

	err = elf_relatives(s->elf, &r, &num);
	for (size_t i = 0; !err && i < num; i++) {
		if (r[i].addend == s->table->bytes.addr && try_place(s, r[i].where)) {
			s->ret->source = "relocations";
			break;
		}
	}
	return err;
}

struct gosym_error *moduledata_find(struct elf_file *e, const struct goversion *v, const struct pclntab *t,
				    struct moduledata *ret)
{
	const struct search s = { e, v, t, ret };

	*ret = (struct moduledata){ 0 };
	/* The scans cost less than reading a big symbol table; .noptrdata is small. */
	if (find_section(&s) || find_symbol(&s) || find_scan(&s))
		return NULL;
	return find_relocation(&s);
}
