// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * Reading the function table: functions, names, lines, pc-value tables (src/runtime/symtab.go).
 *
 * All functions are read at open, because everything else asks for them, and nothing of a function is read that
 * the list of functions does not need: names stay where they are (the window of names ends at a NUL, so an offset
 * inside it is a string inside it), lines are decoded when asked for.
 *
 * A pc-value table is pairs of varints, value delta (zigzag) and pc delta (in units of min_lc), from the entry
 * on, ended by a value delta of 0 that is not the first.
 */
#include <elf.h>
#include <inttypes.h>
#include <string.h>

#include "gosym/cleanup.h"
#include "gosym/moduledata.h"
#include "gosym/nameindex.h"
#include "gosym/pclntab_layouts.h"

/* Fields every release has, counted from the end of the entry. */
enum { FUNC_NAME = 0, FUNC_ARGS = 4, FUNC_PCSP = 12, FUNC_PCFILE = 16, FUNC_PCLN = 20, FUNC_NPCDATA = 24 };

/* Only split text (ppc64, arm with huge programs) has more than one; a file with more than this lies. */
#define MAX_TEXTSECTS 1024

struct textsect { uint64_t vaddr, end, base; };

struct loader {
	struct elf_file *elf;
	struct pclntab *table;
	struct goversion version;	/* the row's where the file tells none */
	struct bytes functab;		/* its ptr_size is that of an entry */
	struct textsect *sects;
	size_t num_sects;
};

/* ---- where text begins ---- */

static bool is_text(const struct elf_file *e, uint64_t addr)
{
	for (size_t i = 0; i < elf_segment_count(e); i++) {
		const struct elf_segment *s = elf_segment_at(e, i);

		if (s->flags & PF_X && addr >= s->vaddr && addr - s->vaddr <= s->memsz)
			return true;
	}
	return false;
}

static const char *record_name(const struct pclntab *t, uint64_t record, unsigned entry_size)
{
	uint32_t name;

	if (!bytes_u32(&t->bytes, record + entry_size + FUNC_NAME, &name))
		return NULL;
	return pclntab_name(t, (int32_t)name);
}

/* The program's entry point is _rt0_<arch>_<os>: its address less its offset is the base (not with an external
 * linker, whose entry point is the C library's: the name is found then, but the base lies outside the code). */
static bool text_from_entry_point(struct elf_file *e, const struct pclntab *t, uint64_t *ret)
{
	for (uint64_t i = 0; i < t->nfunc; i++) {
		uint32_t off = 0, record = 0;
		const char *name;
		size_t len;

		bytes_u32(&t->functab, i * 8, &off);
		bytes_u32(&t->functab, i * 8 + 4, &record);
		name = record_name(t, t->func_base + record, 4);
		len = name ? strlen(name) : 0;
		if (len < 12 || strncmp(name, "_rt0_", 5) || strcmp(name + len - 6, "_linux"))
			continue;
		*ret = elf_entry(e) - off;
		return elf_entry(e) >= off && is_text(e, *ret);
	}
	return false;
}

static struct gosym_error *find_text(struct elf_file *e, const struct moduledata *m, struct pclntab *t)
{
	const struct pclntab_layout *row = t->layout;
	const struct elf_symbol *s;

	if (!row->entry32) {
		t->text_source = "absolute addresses";
		t->text = m->text;
		return NULL;
	}
	/* Not the header's textStart first: with some linkers it is not relocated in the file. */
	if (m->addr) {
		t->text = m->text;
		t->text_source = "moduledata";
		return NULL;
	}
	if (row->text_start != NO_FIELD &&
	    elf_ptr_at(e, t->bytes.addr + 8 + (uint64_t)row->text_start * t->bytes.ptr_size, &t->text) &&
	    t->text && is_text(e, t->text)) {
		t->text_source = "pclntab header";
		return NULL;
	}
	s = elf_symbol_find(e, "runtime.text");
	if (s && is_text(e, s->value)) {
		t->text = s->value;
		t->text_source = "symbol runtime.text";
		return NULL;
	}
	if (text_from_entry_point(e, t, &t->text)) {
		t->text_source = "ELF entry point";
		return NULL;
	}
	return gosym_error_new(GOSYM_BAD_DATA, "%s: %s: nothing tells where the program's text begins (no moduledata,"
			       " no symbol runtime.text): the file is damaged or was obfuscated", t->bytes.file,
			       t->bytes.section);
}

static void find_gofunc(struct elf_file *e, const struct moduledata *m, struct pclntab *t)
{
	const struct elf_symbol *s;

	t->gofunc = m->gofunc;
	if (t->gofunc || !t->layout->entry32 || m->addr)
		return;
	s = elf_symbol_find(e, "go:func.*");
	if (!s)
		s = elf_symbol_find(e, "go.func.*");
	t->gofunc = s ? s->value : 0;
}

static bool read_textsects(struct loader *l, const struct moduledata *m)
{
	uint64_t ptr = elf_ptr_size(l->elf);

	if (m->num_textsects < 2 || m->num_textsects > MAX_TEXTSECTS || !l->table->layout->entry32)
		return true;
	l->sects = calloc(m->num_textsects, sizeof(*l->sects));
	if (!l->sects)
		return false;
	for (uint64_t i = 0; i < m->num_textsects; i++) {
		struct textsect *s = &l->sects[i];
		uint64_t addr = m->textsectmap + i * 3 * ptr;

		if (!elf_ptr_at(l->elf, addr, &s->vaddr) || !elf_ptr_at(l->elf, addr + ptr, &s->end) ||
		    !elf_ptr_at(l->elf, addr + 2 * ptr, &s->base))
			break;
		l->num_sects++;
	}
	return true;
}

/* moduledata.textAddr: where the linker split the text, each part has its own base. */
static uint64_t text_addr(const struct loader *l, uint64_t off)
{
	for (size_t i = 0; i < l->num_sects; i++) {
		const struct textsect *s = &l->sects[i];

		if (off >= s->vaddr && (off < s->end || (i + 1 == l->num_sects && off == s->end)))
			return s->base + (off - s->vaddr);
	}
	return l->table->text + off;
}

/* ---- functions ---- */

/* Entry i of functab as an address; i == nfunc: the end of the last function. */
static bool entry_at(const struct loader *l, uint64_t i, uint64_t *ret)
{
	unsigned size = l->functab.ptr_size;
	uint64_t v;

	if (!bytes_ptr(&l->functab, i * 2 * size, &v))
		return false;
	if (l->table->layout->entry32)
		*ret = l->num_sects ? text_addr(l, v) : l->table->text + v;
	else if (v)
		*ret = v;
	else
		return elf_ptr_at(l->elf, l->functab.addr + i * 2 * size, ret);
	return true;
}

/* False if the record contradicts itself or its neighbours. */
static bool read_func(const struct loader *l, uint64_t i, struct gosym_func *f)
{
	const struct pclntab_layout *row = l->table->layout;
	const struct pclntab *t = l->table;
	unsigned size = l->functab.ptr_size;
	uint64_t off = 0;
	struct bytes rec;
	uint32_t word;

	if (!bytes_ptr(&l->functab, (2 * i + 1) * size, &off) ||
	    !bytes_sub(&t->bytes, t->func_base + off, size + row->record_size, &rec))
		return false;
	f->index = (uint32_t)i;
	f->record = t->func_base + off;
	bytes_u32(&rec, size + FUNC_NAME, &word);
	f->name = word < t->names.size ? (const char *)t->names.data + word : NULL;
	bytes_u32(&rec, size + FUNC_ARGS, &word);
	f->args = (int32_t)word;
	if (row->deferreturn != NO_FIELD)
		bytes_u32(&rec, size + (uint64_t)row->deferreturn, &f->deferreturn);
	if (row->start_line != NO_FIELD)
		bytes_u32(&rec, size + (uint64_t)row->start_line, &f->start_line);
	if (row->func_id != NO_FIELD)
		bytes_u8(&rec, size + (uint64_t)row->func_id, &f->func_id);
	if (row->flag != NO_FIELD)
		bytes_u8(&rec, size + (uint64_t)row->flag, &f->flag);
	return f->name && f->start_line <= INT32_MAX;
}

static void note_bad(struct pclntab *t, const struct bytes *functab, uint64_t i)
{
	if (!t->num_bad++)
		t->first_bad = functab->addr - t->bytes.addr + i * 2 * functab->ptr_size;
}

static struct gosym_error *read_funcs(struct loader *l)
{
	struct pclntab *t = l->table;
	uint64_t entry = 0, next = 0, last = 0;

	/* nfunc was checked against the bytes there are. */
	if (t->nfunc >= UINT32_MAX)
		return gosym_error_new(GOSYM_UNSUPPORTED, "%s: %" PRIu64 " functions", t->bytes.file, t->nfunc);
	t->funcs = calloc(t->nfunc, sizeof(*t->funcs));
	if (!t->funcs)
		return gosym_nomem;
	if (!entry_at(l, 0, &next))
		return gosym_error_new(GOSYM_BAD_DATA, "%s: %s: the first function has no address", t->bytes.file,
				       t->bytes.section);
	for (uint64_t i = 0; i < t->nfunc; i++) {
		struct gosym_func *f = &t->funcs[t->num_funcs];

		entry = next;
		*f = (struct gosym_func){ .entry = entry };
		if (!entry_at(l, i + 1, &next))
			next = entry;
		f->end = next;
		if (entry < last || next < entry || !read_func(l, i, f)) {
			note_bad(t, &l->functab, i);
			continue;
		}
		last = entry;
		t->num_funcs++;
	}
	if (t->num_bad > t->nfunc / 2)
		return gosym_error_new(GOSYM_BAD_DATA, "%s: %s+0x%" PRIx64 ": %zu of %" PRIu64 " functions are"
				       " unreadable, this one first: the file is damaged or was obfuscated", t->bytes.file,
				       t->bytes.section, t->first_bad, t->num_bad, t->nfunc);
	if (!is_text(l->elf, t->funcs[0].entry) || !is_text(l->elf, t->funcs[t->num_funcs - 1].entry))
		return gosym_error_new(GOSYM_BAD_DATA, "%s: %s: its functions (0x%" PRIx64 " to 0x%" PRIx64
				       ") lie outside the program's code", t->bytes.file, t->bytes.section,
				       t->funcs[0].entry, t->funcs[t->num_funcs - 1].end);
	return NULL;
}

/* ---- assembly, wrappers, ABI ---- */

static const struct gosym_func *func_named(const struct pclntab *t, const char *name)
{
	for (size_t i = 0; i < t->num_funcs; i++) {
		if (!strcmp(t->funcs[i].name, name))
			return &t->funcs[i];
	}
	return NULL;
}

/* funcID_wrapper of a release the rows do not name: it comes last, right behind systemstack_switch, since 1.17. */
static uint8_t wrapper_id(const struct pclntab *t)
{
	const struct gosym_func *f = func_named(t, "runtime.systemstack_switch");

	return f ? (uint8_t)(f->func_id + 1) : t->layout->wrapper;
}

static bool same_records(const struct pclntab_layout *a, const struct pclntab_layout *b)
{
	return a->magic == b->magic && a->text_start == b->text_start && a->record_size == b->record_size &&
	       a->nfuncdata == b->nfuncdata && a->nfuncdata_size == b->nfuncdata_size;
}

/* Without a version the row is the newest whose records look right. Others may look the same: the number of wrappers
 * and functions of the runtime tell them apart. */
static void settle_row(struct loader *l, uint8_t wrapper)
{
	const struct pclntab_layout *row = l->table->layout, *end = pclntab_layouts + pclntab_num_layouts;

	for (const struct pclntab_layout *r = row; wrapper != row->wrapper && r < end; r++) {
		if (same_records(r, row) && r->wrapper == wrapper)
			row = r;
	}
	while (row->sign && row + 1 < end && row[1].magic == row->magic && !func_named(l->table, row->sign))
		row++;
	l->table->layout = row;
	l->version.minor = row->minor;
}

static bool in_file(const struct pclntab *t, const struct gosym_func *f, const char *ending)
{
	const char *file;
	unsigned line;
	size_t len;

	pclntab_line(t, f, f->entry, &file, &line);
	len = file ? strlen(file) : 0;
	return len >= strlen(ending) && !strcmp(file + len - strlen(ending), ending);
}

static void classify(struct loader *l, const struct goversion *v)
{
	struct pclntab *t = l->table;
	uint8_t wrapper = t->layout->wrapper;

	if (t->layout->minor >= 17 && (!v->major || goversion_at_least(v, pclntab_newest_minor + 1)))
		wrapper = wrapper_id(t);
	if (!v->major) {
		settle_row(l, wrapper);
		wrapper = t->layout->minor >= 17 ? wrapper : t->layout->wrapper;
	}
	t->wrapper = wrapper;
	t->regabi = pclntab_register_abi(elf_machine(l->elf), &l->version);
	for (size_t i = 0; i < t->num_funcs; i++) {
		struct gosym_func *f = &t->funcs[i];

		f->assembly = t->layout->asm_flag ? f->flag & t->layout->asm_flag : in_file(t, f, ".s");
		f->wrapper = wrapper && f->func_id == wrapper;
		f->abi = t->regabi && !f->assembly ? FUNC_ABIINTERNAL : FUNC_ABI0;
	}
}

static const char *func_name_at(const void *array, uint32_t pos)
{
	return ((const struct gosym_func *)array)[pos].name;
}

/* Wrappers of methods, literals and instances have names of their own. */
static bool may_be_abi_wrapper(const struct gosym_func *f)
{
	return f->wrapper && !f->assembly && !strpbrk(f->name, "([:");
}

/*
 * A Go function called from assembly has a second entry point of its own name, a wrapper that takes its arguments
 * on the stack (cmd/compile/internal/ssagen/abi.go). The table does not say which of two is which, but it
 * names the wrapper: where the other one is compiled Go, the wrapper is the ABI0 one; where it is
 * assembly, the wrapper is ABIInternal. A function that is itself marked as a wrapper (reflect.callMethod) has a
 * file of its own, the second entry point has not.
 */
static void mark_abi0_pair(struct pclntab *t, struct gosym_func *wrapper, struct gosym_func *other)
{
	if (!other->wrapper || in_file(t, wrapper, "<autogenerated>"))
		wrapper->abi = FUNC_ABI0;
	else if (in_file(t, other, "<autogenerated>"))
		other->abi = FUNC_ABI0;
}

static struct gosym_error *mark_abi0_wrappers(struct pclntab *t)
{
	struct nameindex index = { 0 };
	size_t num = 0;

	for (size_t i = 0; i < t->num_funcs; i++)
		num += may_be_abi_wrapper(&t->funcs[i]);
	if (!num || !t->regabi)
		return NULL;
	if (!nameindex_init(&index, num))
		return gosym_nomem;
	for (size_t i = 0; i < t->num_funcs; i++) {
		if (may_be_abi_wrapper(&t->funcs[i]))
			nameindex_add(&index, (uint32_t)i, func_name_at, t->funcs);
	}
	for (size_t i = 0; i < t->num_funcs; i++) {
		uint32_t pos;

		if (t->funcs[i].assembly || (t->funcs[i].wrapper && !may_be_abi_wrapper(&t->funcs[i])))
			continue;
		pos = nameindex_find(&index, t->funcs[i].name, func_name_at, t->funcs);
		if (pos != NAMEINDEX_NONE && pos != i)
			mark_abi0_pair(t, &t->funcs[pos], &t->funcs[i]);
	}
	nameindex_deinit(&index);
	return NULL;
}

/* ---- the table ---- */

/* Without section or symbol the window runs to the end of the segment; the records come last, so the last of them
 * ends the table (before 1.16 the file table does, wherever it is: left as it is). */
static void find_end(struct pclntab *t, const struct moduledata *m)
{
	uint64_t end = 0;

	if (strcmp(t->source, "scan") || t->layout->functab == NO_FIELD)
		return;
	for (size_t i = 0; i < t->num_funcs; i++)
		end = t->funcs[i].record > end ? t->funcs[i].record : end;
	/* Behind the fixed part: PCDATA and FUNCDATA offsets, at most 255 each, kept readable. */
	end += t->layout->record_size + 4 + 2 * 4 * 255;
	if (m->epclntab > t->bytes.addr)
		end = m->epclntab - t->bytes.addr;
	if (end < t->bytes.size)
		bytes_sub(&t->bytes, 0, end, &t->bytes);
}

struct gosym_error *pclntab_load(struct elf_file *e, const struct goversion *v, const struct moduledata *m,
				 struct pclntab *t)
{
	struct loader l = { .elf = e, .table = t, .version = *v, .functab = t->functab };
	struct gosym_error *err;

	if (!v->major)
		l.version = (struct goversion){ .major = 1, .minor = t->layout->minor, .text = v->text };
	l.functab.ptr_size = t->layout->entry32 ? 4 : t->bytes.ptr_size;
	err = find_text(e, m, t);
	if (err)
		return err;
	find_gofunc(e, m, t);
	if (!read_textsects(&l, m))
		return gosym_nomem;
	err = read_funcs(&l);
	free(l.sects);
	if (err)
		return err;
	classify(&l, v);
	find_end(t, m);
	return mark_abi0_wrappers(t);
}

void pclntab_deinit(struct pclntab *t)
{
	free(t->funcs);
	t->funcs = NULL;
	t->num_funcs = 0;
}

const char *pclntab_releases(const struct pclntab *t)
{
	static const struct { const char *version, *releases; } rows[] = {
		{ "1.2", "go1.2 to go1.15" }, { "1.16", "go1.16 to go1.17" }, { "1.18", "go1.18 to go1.19" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		if (!strcmp(rows[i].version, t->layout->version))
			return rows[i].releases;
	}
	return t->layout->minor >= 26 ? "go1.26 or later" : "go1.20 to go1.25";
}

const char *pclntab_name(const struct pclntab *t, int32_t name_off)
{
	return name_off >= 0 && (uint64_t)name_off < t->names.size ? (const char *)t->names.data + name_off : NULL;
}

const struct gosym_func *pclntab_func_at(const struct pclntab *t, uint64_t pc)
{
	size_t low = 0, high = t->num_funcs;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (t->funcs[mid].entry <= pc)
			low = mid + 1;
		else
			high = mid;
	}
	return low && pc < t->funcs[low - 1].end ? &t->funcs[low - 1] : NULL;
}

/* ---- records ---- */

static unsigned entry_size(const struct pclntab *t)
{
	return t->layout->entry32 ? 4 : t->bytes.ptr_size;
}

static bool record_u32(const struct pclntab *t, const struct gosym_func *f, uint64_t field, uint32_t *ret)
{
	return bytes_u32(&t->bytes, f->record + entry_size(t) + field, ret);
}

static bool num_funcdata(const struct pclntab *t, const struct gosym_func *f, uint32_t *ret)
{
	uint8_t num;

	if (t->layout->nfuncdata_size == 4)
		return record_u32(t, f, (uint64_t)t->layout->nfuncdata, ret);
	if (!bytes_u8(&t->bytes, f->record + entry_size(t) + (uint64_t)t->layout->nfuncdata, &num))
		return false;
	*ret = num;
	return true;
}

bool pclntab_funcdata(struct elf_file *e, const struct pclntab *t, const struct gosym_func *f, enum funcdata which,
		      uint64_t *ret)
{
	int index = t->layout->funcdata[which];
	uint32_t npcdata, nfuncdata, off;
	uint64_t pos, ptr = t->bytes.ptr_size;

	if (index < 0 || !record_u32(t, f, FUNC_NPCDATA, &npcdata) || !num_funcdata(t, f, &nfuncdata) ||
	    (uint32_t)index >= nfuncdata)
		return false;
	pos = f->record + entry_size(t) + t->layout->record_size + 4 * (uint64_t)npcdata;
	if (!t->layout->entry32) {
		/* Pointers, aligned as such in memory. */
		pos += -(t->bytes.addr + pos) & (ptr - 1);
		return elf_ptr_at(e, t->bytes.addr + pos + (uint64_t)index * ptr, ret) && *ret;
	}
	if (!t->gofunc || !bytes_u32(&t->bytes, pos + 4 * (uint64_t)index, &off) || off == UINT32_MAX)
		return false;
	*ret = t->gofunc + off;
	return true;
}

/* ---- pc-value tables ---- */

/* Offset 0 means: no table. */
static bool table_iter(const struct pclntab *t, uint32_t off, struct pcvalue_iter *ret)
{
	if (!off || off >= t->pctab.size)
		return false;
	*ret = (struct pcvalue_iter){ .c = cursor_at(&t->pctab, off), .value = -1, .min_lc = t->min_lc };
	return true;
}

static bool field_iter(const struct pclntab *t, const struct gosym_func *f, uint64_t field, struct pcvalue_iter *ret)
{
	uint32_t off;

	return record_u32(t, f, field, &off) && table_iter(t, off, ret);
}

bool pcvalue_next(struct pcvalue_iter *it, uint64_t *start)
{
	uint64_t delta = cursor_uvarint(&it->c), pc;

	if (it->c.failed || (!delta && it->started))
		return false;
	pc = cursor_uvarint(&it->c) & UINT32_MAX;
	/* A run of no length would let a damaged table go on for ever. */
	if (it->c.failed || !pc)
		return false;
	it->value = (int32_t)((uint32_t)it->value + (uint32_t)(delta & 1 ? ~(delta >> 1) : delta >> 1));
	*start = it->pc;
	it->pc += pc * it->min_lc;
	it->started = true;
	return true;
}

bool pclntab_sp_iter(const struct pclntab *t, const struct gosym_func *f, struct pcvalue_iter *ret)
{
	return field_iter(t, f, FUNC_PCSP, ret);
}

bool pclntab_pcdata_iter(const struct pclntab *t, const struct gosym_func *f, enum pcdata which,
			 struct pcvalue_iter *ret)
{
	int index = t->layout->pcdata[which];
	uint32_t npcdata, off;

	return index >= 0 && record_u32(t, f, FUNC_NPCDATA, &npcdata) && (uint32_t)index < npcdata &&
	       record_u32(t, f, t->layout->record_size + 4 * (uint64_t)index, &off) && table_iter(t, off, ret);
}

/* The value of the run that holds off. */
static bool value_at(struct pcvalue_iter *it, uint64_t off, int32_t *ret)
{
	uint64_t start;

	while (pcvalue_next(it, &start)) {
		if (off < it->pc) {
			*ret = it->value;
			return true;
		}
	}
	return false;
}

bool pclntab_sp_delta(const struct pclntab *t, const struct gosym_func *f, uint64_t pc, int32_t *ret)
{
	struct pcvalue_iter it;

	return pc >= f->entry && pclntab_sp_iter(t, f, &it) && value_at(&it, pc - f->entry, ret);
}

bool pclntab_pcdata(const struct pclntab *t, const struct gosym_func *f, enum pcdata which, uint64_t pc,
		    int32_t *ret)
{
	struct pcvalue_iter it;

	return pc >= f->entry && pclntab_pcdata_iter(t, f, which, &it) && value_at(&it, pc - f->entry, ret);
}

/* ---- lines ---- */

/* Before 1.16 cutab is the table of files: offsets of names, by file number. Since then numbers count within the
 * compilation unit, whose part of cutab begins at cuOffset. */
const char *pclntab_file(const struct pclntab *t, const struct gosym_func *f, int32_t number)
{
	uint32_t cu = 0, off;

	if (number < 0 || (t->layout->cu_offset != NO_FIELD && !record_u32(t, f, (uint64_t)t->layout->cu_offset, &cu)))
		return NULL;
	if (!bytes_u32(&t->cutab, 4 * ((uint64_t)cu + (uint32_t)number), &off) || off == UINT32_MAX)
		return NULL;
	return bytes_str(&t->files, off);
}

void pclntab_line(const struct pclntab *t, const struct gosym_func *f, uint64_t pc, const char **file,
		  unsigned *line)
{
	struct pcvalue_iter it;
	int32_t v;

	*file = NULL;
	*line = 0;
	if (pc < f->entry)
		return;
	if (field_iter(t, f, FUNC_PCFILE, &it) && value_at(&it, pc - f->entry, &v))
		*file = pclntab_file(t, f, v);
	if (field_iter(t, f, FUNC_PCLN, &it) && value_at(&it, pc - f->entry, &v) && v > 0)
		*line = (unsigned)v;
}

/* A small function may begin with the body of another: its own first instruction tells its file. */
static uint64_t own_pc(const struct pclntab *t, const struct gosym_func *f)
{
	struct pcvalue_iter it;
	uint64_t start;

	if (!pclntab_pcdata_iter(t, f, PCDATA_INLTREE, &it))
		return f->entry;
	while (pcvalue_next(&it, &start) && start < f->end - f->entry) {
		if (it.value < 0)
			return f->entry + start;
	}
	return f->entry;
}

void pclntab_source(const struct pclntab *t, const struct gosym_func *f, const char **file, unsigned *line)
{
	pclntab_line(t, f, own_pc(t, f), file, line);
	if (f->start_line)
		*line = f->start_line;
}
