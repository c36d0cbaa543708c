// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * The composer behind elfgen.h. A file is written front to back; what is known only later (offsets, sizes) is
 * left 0 and patched. File offset N has address ELFGEN_BASE + N in both segments.
 */
#include <elf.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "tests/lib/elfgen.h"

const struct elfgen_func elfgen_funcs[] = {
	{ .name = "main.main", .file = "/src/main.go", .size = 32, .line = 10 },
	{ .name = "main.add", .file = "/src/main.go", .size = 16, .line = 20, .args = 24 },
	{ .name = "main.asm", .file = "/src/asm_amd64.s", .size = 48, .line = 5, .args = 8, .flag = 4 },
	{ .name = "net/http.(*Server).Serve", .file = "/src/http.go", .size = 64, .line = 3000, .args = 40 },
};
const size_t elfgen_num_funcs = sizeof(elfgen_funcs) / sizeof(*elfgen_funcs);
const char elfgen_debug[] = "what the compressed section holds, and again what the compressed section holds";

/* ---- bytes ---- */

static void put(struct elfgen *g, size_t pos, uint64_t v, unsigned size)
{
	for (unsigned i = 0; i < size; i++)
		g->data[pos + i] = (uint8_t)(v >> 8 * (g->big_endian ? size - 1 - i : i));
}

void elfgen_put8(struct elfgen *g, size_t pos, uint8_t v)
{
	put(g, pos, v, 1);
}

void elfgen_put16(struct elfgen *g, size_t pos, uint16_t v)
{
	put(g, pos, v, 2);
}

void elfgen_put32(struct elfgen *g, size_t pos, uint32_t v)
{
	put(g, pos, v, 4);
}

void elfgen_put64(struct elfgen *g, size_t pos, uint64_t v)
{
	put(g, pos, v, 8);
}

void elfgen_put_ptr(struct elfgen *g, size_t pos, uint64_t v)
{
	put(g, pos, v, g->ptr_size);
}

/* Appends size zero bytes; returns where they begin. */
static size_t add(struct elfgen *g, size_t size)
{
	size_t pos = g->size;

	while (g->size + size > g->cap) {
		g->cap = g->cap ? g->cap * 2 : 4096;
		g->data = realloc(g->data, g->cap);
		if (!g->data)
			abort();
	}
	memset(g->data + pos, 0, size);
	g->size += size;
	return pos;
}

static size_t add_word(struct elfgen *g, uint64_t v, unsigned size)
{
	size_t pos = add(g, size);

	put(g, pos, v, size);
	return pos;
}

static size_t add_bytes(struct elfgen *g, const void *p, size_t size)
{
	size_t pos = add(g, size);

	memcpy(g->data + pos, p, size);
	return pos;
}

static size_t add_str(struct elfgen *g, const char *s)
{
	return add_bytes(g, s, strlen(s) + 1);
}

static void align(struct elfgen *g, size_t to)
{
	add(g, -g->size & (to - 1));
}

static void add_uvarint(struct elfgen *g, uint32_t v)
{
	for (; v >= 0x80; v >>= 7)
		add_word(g, v | 0x80, 1);
	add_word(g, v, 1);
}

/* ---- pclntab ---- */

/* Where a function's parts are, as the offsets its record holds. */
struct func_parts { uint32_t name, pcsp, pcfile, pcln, file; };

struct table {
	const struct elfgen_options *o;
	struct func_parts *parts;
	unsigned quantum;
	size_t names, cutab, files, pctab, funcs;	/* file offsets */
};

/* A pc-value table of one or two runs: first up to split, then second to the end. */
static void add_pcvalue(struct elfgen *g, const struct table *t, int32_t first, int32_t second, uint32_t size)
{
	uint32_t split = 4, delta = (uint32_t)(first + 1), step = (uint32_t)(second - first);

	add_uvarint(g, delta << 1);
	if (first == second) {
		add_uvarint(g, size / t->quantum);
	} else {
		add_uvarint(g, split / t->quantum);
		add_uvarint(g, step << 1);
		add_uvarint(g, (size - split) / t->quantum);
	}
	add_word(g, 0, 1);
}

static void add_pctab(struct elfgen *g, struct table *t, size_t base)
{
	for (size_t i = 0; i < t->o->num_funcs; i++) {
		const struct elfgen_func *f = &t->o->funcs[i];
		struct func_parts *p = &t->parts[i];

		p->pcsp = (uint32_t)(g->size - base);
		add_pcvalue(g, t, 0, 8, f->size);
		p->pcfile = (uint32_t)(g->size - base);
		add_pcvalue(g, t, (int32_t)p->file, (int32_t)p->file, f->size);
		p->pcln = (uint32_t)(g->size - base);
		add_pcvalue(g, t, (int32_t)f->line, (int32_t)f->line + 1, f->size);
	}
}

static void add_names(struct elfgen *g, struct table *t, size_t base)
{
	for (size_t i = 0; i < t->o->num_funcs; i++)
		t->parts[i].name = (uint32_t)(add_str(g, t->o->funcs[i].name) - base);
}

/* The record and the funcdata behind it: one entry, ArgsPtrMaps, 16 bytes into the text. */
static void add_record(struct elfgen *g, const struct table *t, size_t i, uint64_t entry)
{
	const struct elfgen_func *f = &t->o->funcs[i];
	const struct func_parts *p = &t->parts[i];
	int minor = t->o->minor;

	add_word(g, entry, minor >= 18 ? 4 : g->ptr_size);
	add_word(g, p->name, 4);
	add_word(g, (uint32_t)f->args, 4);
	add_word(g, 0, 4);
	add_word(g, p->pcsp, 4);
	add_word(g, p->pcfile, 4);
	add_word(g, p->pcln, 4);
	add_word(g, 0, 4);			/* npcdata */
	if (minor >= 16)
		add_word(g, 0, 4);		/* cuOffset */
	if (minor >= 20)
		add_word(g, f->line, 4);
	if (minor < 12) {
		add_word(g, 1, 4);
	} else {
		add_word(g, f->func_id, 1);
		add_word(g, minor >= 17 ? f->flag : 0, 1);
		add(g, 1);
		add_word(g, 1, 1);
	}
	if (minor >= 18) {
		add_word(g, 16, 4);
	} else {
		align(g, g->ptr_size);
		add_word(g, ELFGEN_BASE + g->text + 16, g->ptr_size);
	}
}

static void add_functab(struct elfgen *g, const struct table *t, size_t base)
{
	unsigned size = t->o->minor >= 18 ? 4 : g->ptr_size;
	uint64_t entry = t->o->minor >= 18 ? 0 : ELFGEN_BASE + g->text;

	for (size_t i = 0; i < t->o->num_funcs; i++) {
		size_t row = g->functab + 2 * i * size;

		align(g, g->ptr_size);
		if (!i)
			g->first_record = g->size;
		put(g, row, entry, size);
		put(g, row + size, g->size - base, size);
		add_record(g, t, i, entry);
		entry += t->o->funcs[i].size;
	}
	put(g, g->functab + 2 * t->o->num_funcs * size, entry, size);
}

static uint32_t magic_of(int minor)
{
	return minor < 16 ? 0xfffffffb : minor < 18 ? 0xfffffffa : minor < 20 ? 0xfffffff0 : 0xfffffff1;
}

static void add_header(struct elfgen *g, const struct table *t)
{
	add_word(g, magic_of(t->o->minor), 4);
	add(g, 2);
	add_word(g, t->quantum, 1);
	add_word(g, g->ptr_size, 1);
	add_word(g, t->o->num_funcs, g->ptr_size);
}

/* Up to 1.15: functab, records, names, pc tables, and last the table of files, found by a word behind functab. */
static void add_pclntab_single(struct elfgen *g, struct table *t)
{
	size_t files, word, start = g->pclntab;

	add_header(g, t);
	g->functab = add(g, (2 * t->o->num_funcs + 1) * g->ptr_size);
	word = add(g, 4);
	add_names(g, t, start);
	for (size_t i = 0; i < t->o->num_funcs; i++)
		t->parts[i].file = (uint32_t)i + 1;
	add_pctab(g, t, start);
	add_functab(g, t, start);
	align(g, 4);
	files = add(g, 4 * (t->o->num_funcs + 1));
	put(g, word, files - start, 4);
	put(g, files, t->o->num_funcs + 1, 4);
	for (size_t i = 0; i < t->o->num_funcs; i++)
		put(g, files + 4 * (i + 1), add_str(g, t->o->funcs[i].file) - start, 4);
}

static void add_pclntab_split(struct elfgen *g, struct table *t)
{
	unsigned ptr = g->ptr_size, size = t->o->minor >= 18 ? 4 : ptr;
	size_t words, start = g->pclntab;

	add_header(g, t);
	add_word(g, 1, ptr);			/* nfiles */
	if (t->o->minor >= 18)
		add_word(g, t->o->minor < 26 ? ELFGEN_BASE + g->text : 0, ptr);
	words = add(g, 5 * ptr);
	t->names = g->size;
	add_names(g, t, t->names);
	align(g, 4);
	t->cutab = add(g, 4 * t->o->num_funcs);
	t->files = g->size;
	for (size_t i = 0; i < t->o->num_funcs; i++) {
		t->parts[i].file = (uint32_t)i;
		put(g, t->cutab + 4 * i, add_str(g, t->o->funcs[i].file) - t->files, 4);
	}
	t->pctab = add(g, 1);			/* offset 0 means none */
	add_pctab(g, t, t->pctab);
	align(g, ptr);
	t->funcs = g->functab = add(g, (2 * t->o->num_funcs + 1) * size);
	add_functab(g, t, t->funcs);
	put(g, words, t->names - start, ptr);
	put(g, words + ptr, t->cutab - start, ptr);
	put(g, words + 2 * ptr, t->files - start, ptr);
	put(g, words + 3 * ptr, t->pctab - start, ptr);
	put(g, words + 4 * ptr, t->funcs - start, ptr);
}

static void add_pclntab(struct elfgen *g, struct table *t)
{
	t->parts = calloc(t->o->num_funcs, sizeof(*t->parts));
	if (!t->parts)
		abort();
	align(g, 32);
	g->pclntab = g->size;
	if (t->o->minor < 16)
		add_pclntab_single(g, t);
	else
		add_pclntab_split(g, t);
	g->pclntab_end = g->size;
	free(t->parts);
}

/* ---- moduledata, build info, debug ---- */

static void put_words(struct elfgen *g, size_t word, uint64_t a, uint64_t b)
{
	put(g, g->moduledata + word * g->ptr_size, a, g->ptr_size);
	put(g, g->moduledata + (word + 1) * g->ptr_size, b, g->ptr_size);
}

static void add_moduledata(struct elfgen *g, const struct table *t, uint64_t etext)
{
	uint64_t text = ELFGEN_BASE + g->text, table = ELFGEN_BASE + g->pclntab;
	int minor = t->o->minor;
	size_t head = minor >= 16 ? 20 : 10, types = minor >= 20 ? 37 : minor >= 16 ? 35 : 25;

	align(g, g->ptr_size);
	g->moduledata = add(g, 80 * g->ptr_size);
	if (minor >= 16) {
		put_words(g, 0, table, ELFGEN_BASE + t->names);
		put_words(g, 2, 64, 64);
	} else {
		put_words(g, 0, table, g->pclntab_end - g->pclntab);
		put_words(g, 2, g->pclntab_end - g->pclntab, ELFGEN_BASE + g->functab);
		put_words(g, 4, t->o->num_funcs + 1, t->o->num_funcs + 1);
	}
	put_words(g, head, text, etext);
	put_words(g, head + 2, text, etext);
	if (minor >= 27) {
		put_words(g, types, text, 8);
		put_words(g, types + 2, etext, 0);
		put_words(g, 42, text, text);		/* rodata, gofunc */
	} else if (minor >= 7) {
		put_words(g, types, text, etext);
		if (minor >= 18)
			put_words(g, types + 2, text, text);
	}
}

static void add_buildinfo(struct elfgen *g, const struct elfgen_options *o)
{
	static const char mark[16] = "0123456789abcdef";
	size_t mod = o->modinfo ? strlen(o->modinfo) + 32 : 0;
	size_t strings[2];

	align(g, 16);
	g->buildinfo = add_bytes(g, "\xff Go buildinf:", 14);
	add_word(g, g->ptr_size, 1);
	add_word(g, (o->minor >= 18 ? 2 : 0) | (g->big_endian ? 1 : 0), 1);
	add(g, 16);
	if (o->minor >= 18)
		add_uvarint(g, (uint32_t)strlen(o->version));
	strings[0] = add_bytes(g, o->version, strlen(o->version));
	if (o->minor >= 18)
		add_uvarint(g, (uint32_t)mod);
	strings[1] = g->size;
	if (mod) {
		add_bytes(g, mark, 16);
		add_bytes(g, o->modinfo, strlen(o->modinfo));
		add_bytes(g, mark, 16);
	}
	if (o->minor >= 18)
		return;
	/* Two string headers, and pointers to them in the block. */
	align(g, g->ptr_size);
	for (int i = 0; i < 2; i++) {
		size_t header = add_word(g, ELFGEN_BASE + strings[i], g->ptr_size);

		add_word(g, i ? mod : strlen(o->version), g->ptr_size);
		put(g, g->buildinfo + 16 + (size_t)i * g->ptr_size, ELFGEN_BASE + header, g->ptr_size);
	}
}

static void add_debug(struct elfgen *g, const struct elfgen_options *o)
{
	uint8_t packed[256];
	uLongf size = sizeof(packed);
	size_t len = strlen(elfgen_debug);

	if (compress(packed, &size, (const uint8_t *)elfgen_debug, len) != Z_OK)
		abort();
	g->debug = g->size;
	if (o->zdebug) {
		add_bytes(g, "ZLIB", 4);
		for (int i = 7; i >= 0; i--)
			add_word(g, (uint64_t)len >> 8 * i, 1);
	} else {
		add_word(g, ELFCOMPRESS_ZLIB, 4);
		add(g, g->ptr_size - 4);
		add_word(g, len, g->ptr_size);
		add_word(g, 1, g->ptr_size);
	}
	add_bytes(g, packed, size);
}

/* ---- ELF ---- */

static void add_elf_header(struct elfgen *g, const struct elfgen_options *o)
{
	unsigned ptr = g->ptr_size;

	add_bytes(g, ELFMAG, 4);
	add_word(g, ptr == 8 ? ELFCLASS64 : ELFCLASS32, 1);
	add_word(g, g->big_endian ? ELFDATA2MSB : ELFDATA2LSB, 1);
	add_word(g, EV_CURRENT, 1);
	add(g, 9);
	add_word(g, ET_EXEC, 2);
	add_word(g, o->machine, 2);
	add_word(g, EV_CURRENT, 4);
	add_word(g, ELFGEN_BASE, ptr);			/* e_entry: patched */
	add_word(g, ptr == 8 ? sizeof(Elf64_Ehdr) : sizeof(Elf32_Ehdr), ptr);
	add(g, ptr);					/* e_shoff: patched */
	add(g, 4);
	add_word(g, ptr == 8 ? sizeof(Elf64_Ehdr) : sizeof(Elf32_Ehdr), 2);
	add_word(g, ptr == 8 ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr), 2);
	add_word(g, 2, 2);
	add_word(g, ptr == 8 ? sizeof(Elf64_Shdr) : sizeof(Elf32_Shdr), 2);
	add(g, 4);					/* e_shnum, e_shstrndx: patched */
	add(g, 2 * (ptr == 8 ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr)));
}

/* Elf64_Phdr has the flags second, Elf32_Phdr last but one. */
static void put_load(struct elfgen *g, int i, uint32_t flags, size_t start, size_t end)
{
	unsigned ptr = g->ptr_size;
	size_t pos = ptr == 8 ? sizeof(Elf64_Ehdr) + (size_t)i * sizeof(Elf64_Phdr) :
				sizeof(Elf32_Ehdr) + (size_t)i * sizeof(Elf32_Phdr);

	put(g, pos, PT_LOAD, 4);
	put(g, pos + (ptr == 8 ? 4 : 24), flags, 4);
	pos += ptr == 8 ? 8 : 4;
	put(g, pos, start, ptr);
	put(g, pos + ptr, ELFGEN_BASE + start, ptr);
	put(g, pos + 2 * ptr, ELFGEN_BASE + start, ptr);
	put(g, pos + 3 * ptr, end - start, ptr);
	put(g, pos + 4 * ptr, end - start, ptr);
}

struct section { const char *name; uint32_t type; uint64_t flags; size_t start, end; };

static void add_sections(struct elfgen *g, const struct section *sections, size_t num)
{
	size_t names[8] = { 0 }, strtab, strtab_end;
	unsigned ptr = g->ptr_size;

	strtab = add(g, 1);
	for (size_t i = 0; i < num; i++)
		names[i] = add_str(g, sections[i].name) - strtab;
	names[num] = add_str(g, ".shstrtab") - strtab;
	strtab_end = g->size;
	align(g, 8);
	g->shdrs = add(g, ptr == 8 ? sizeof(Elf64_Shdr) : sizeof(Elf32_Shdr));
	for (size_t i = 0; i <= num; i++) {
		const struct section str = { ".shstrtab", SHT_STRTAB, 0, strtab, strtab_end };
		const struct section *s = i < num ? &sections[i] : &str;

		add_word(g, names[i], 4);
		add_word(g, s->type, 4);
		add_word(g, s->flags, ptr);
		add_word(g, s->flags & SHF_ALLOC ? ELFGEN_BASE + s->start : 0, ptr);
		add_word(g, s->start, ptr);
		add_word(g, s->end - s->start, ptr);
		add(g, 8);
		add_word(g, 1, ptr);
		add(g, ptr);
	}
	put(g, ptr == 8 ? 40 : 32, g->shdrs, ptr);
	put(g, ptr == 8 ? 60 : 48, num + 2, 2);
	put(g, ptr == 8 ? 62 : 50, num + 1, 2);
}

static unsigned quantum_of(uint16_t machine)
{
	return machine == EM_X86_64 || machine == EM_386 ? 1 : machine == EM_S390 || machine == EM_RISCV ? 2 : 4;
}

void elfgen_program(struct elfgen *g, const struct elfgen_options *options)
{
	struct elfgen_options o = *options;
	struct table t = { .o = &o };
	size_t text_end, data;

	if (!o.funcs) {
		o.funcs = elfgen_funcs;
		o.num_funcs = elfgen_num_funcs;
	}
	o.machine = o.machine ? o.machine : EM_X86_64;
	*g = (struct elfgen){ .ptr_size = o.ptr_size ? o.ptr_size : 8, .big_endian = o.big_endian };
	t.quantum = quantum_of(o.machine);
	add_elf_header(g, &o);
	align(g, 64);
	g->text = g->size;
	for (size_t i = 0; i < o.num_funcs; i++)
		add(g, o.funcs[i].size);
	text_end = g->size;
	put(g, 24, ELFGEN_BASE + g->text, g->ptr_size);
	add_pclntab(g, &t);
	align(g, 64);
	data = g->size;
	add(g, 64);
	if (!o.no_moduledata && o.minor >= 5)
		add_moduledata(g, &t, ELFGEN_BASE + text_end);
	if (o.version)
		add_buildinfo(g, &o);
	put_load(g, 0, PF_R | PF_X, 0, data);
	put_load(g, 1, PF_R | PF_W, data, g->size);
	if (o.zdebug || o.compressed)
		add_debug(g, &o);
	const struct section sections[] = {
		{ ".text", SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR, g->text, text_end },
		{ ".gopclntab", SHT_PROGBITS, SHF_ALLOC, g->pclntab, g->pclntab_end },
		{ ".noptrdata", SHT_PROGBITS, SHF_ALLOC | SHF_WRITE, data, g->debug ? g->debug : g->size },
		{ o.zdebug ? ".zdebug_test" : ".debug_test", SHT_PROGBITS, o.zdebug ? 0 : SHF_COMPRESSED, g->debug,
		  g->size },
	};
	if (!o.no_sections)
		add_sections(g, sections, g->debug ? 4 : 3);
}

void elfgen_free(struct elfgen *g)
{
	free(g->data);
	*g = (struct elfgen){ 0 };
}
