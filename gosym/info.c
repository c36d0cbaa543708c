// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * What the file as a whole says: a summary of what the readers found, made when first asked for.
 */
#include <elf.h>
#include <string.h>

#include "gosym/binary.h"
#include "gosym/cleanup.h"
#include "gosym/pclntab_layouts.h"

#ifndef EM_LOONGARCH
#define EM_LOONGARCH 258
#endif

enum { NOTE_GO_BUILD_ID = 4, NOTE_GNU_BUILD_ID = 3 };

/* GOARCH by machine, word size and byte order. */
static const struct { uint16_t machine; unsigned ptr_size; bool big_endian; const char *name; } arches[] = {
	{ EM_X86_64, 8, false, "amd64" },	{ EM_X86_64, 4, false, "amd64p32" },
	{ EM_386, 4, false, "386" },		{ EM_ARM, 4, false, "arm" },
	{ EM_AARCH64, 8, false, "arm64" },	{ EM_PPC64, 8, false, "ppc64le" },
	{ EM_PPC64, 8, true, "ppc64" },		{ EM_S390, 8, true, "s390x" },
	{ EM_RISCV, 8, false, "riscv64" },	{ EM_LOONGARCH, 8, false, "loong64" },
	{ EM_MIPS, 8, false, "mips64le" },	{ EM_MIPS, 8, true, "mips64" },
	{ EM_MIPS, 4, false, "mipsle" },	{ EM_MIPS, 4, true, "mips" },
};

static const char *arch_name(struct gosym_binary *b)
{
	struct elf_file *e = b->elf;

	for (size_t i = 0; i < sizeof(arches) / sizeof(*arches); i++) {
		if (arches[i].machine == elf_machine(e) && arches[i].ptr_size == elf_ptr_size(e) &&
		    arches[i].big_endian == elf_big_endian(e))
			return arches[i].name;
	}
	return arena_printf(&b->arena, "ELF machine %u", elf_machine(e));
}

static const char *setting(const struct gosym_binary *b, const char *key)
{
	for (size_t i = 0; i < b->buildinfo.num_settings; i++) {
		if (!strcmp(b->buildinfo.settings[i].key, key))
			return b->buildinfo.settings[i].value;
	}
	return NULL;
}

static bool has_segment(const struct elf_file *e, uint32_t type)
{
	for (size_t i = 0; i < elf_segment_count(e); i++) {
		if (elf_segment_at(e, i)->type == type)
			return true;
	}
	return false;
}

static enum gosym_link link_mode(const struct gosym_binary *b)
{
	const char *mode = setting(b, "-buildmode");
	struct elf_file *e = b->elf;

	if (elf_type(e) == ET_EXEC)
		return has_segment(e, PT_DYNAMIC) ? GOSYM_LINK_DYNAMIC : GOSYM_LINK_STATIC;
	if (mode && (!strcmp(mode, "c-shared") || !strcmp(mode, "plugin") || !strcmp(mode, "shared")))
		return GOSYM_LINK_SHARED_OBJECT;
	if (elf_has_interp(e))
		return GOSYM_LINK_PIE;
	/* Before 1.18 no setting tells, and Go's own linker does not set DF_1_PIE: an entry point remains. */
	return elf_is_pie(e) || (mode && !strcmp(mode, "pie")) ? GOSYM_LINK_STATIC_PIE : GOSYM_LINK_SHARED_OBJECT;
}

/* Any use of C brings in runtime/cgo, and with it crosscall2, its way back from C to Go; the C linker brings its own
 * start-up code, in .init, also where nothing else is C. */
static bool has_cgo(struct gosym_binary *b)
{
	const struct gosym_func *f;
	_cleanup_error_ struct gosym_error *err = gosym_func_find(b, "crosscall2", &f);

	return !err || elf_section_find(b->elf, ".init");
}

static const char *hex_note(struct gosym_binary *b, const struct bytes *note)
{
	char *text = arena_alloc(&b->arena, note->size * 2 + 1);

	for (size_t i = 0; text && i < note->size; i++)
		sprintf(text + 2 * i, "%02x", note->data[i]);
	return text;
}

static void fill_ids(struct gosym_binary *b, struct gosym_info *i)
{
	struct bytes note;

	if (elf_note(b->elf, "GNU", NOTE_GNU_BUILD_ID, &note))
		i->build_id = hex_note(b, &note);
	if (elf_note(b->elf, "Go", NOTE_GO_BUILD_ID, &note))
		i->go_build_id = arena_strndup(&b->arena, (const char *)note.data, note.size);
}

static void fill_tables(struct gosym_binary *b, struct gosym_info *i)
{
	const struct pclntab *t = &b->pclntab;

	i->pclntab_version = t->layout->version;
	i->pclntab_source = t->source;
	i->pclntab_addr = t->bytes.addr;
	i->pclntab_size = t->bytes.size;
	i->moduledata = b->moduledata.addr;
	i->text = t->text ? t->text : t->funcs[0].entry;
	i->etext = b->moduledata.addr ? b->moduledata.etext : t->funcs[t->num_funcs - 1].end;
	i->text_source = t->text_source;
	i->num_funcs = t->num_funcs;
	i->abi = t->regabi ? "ABIInternal" : "ABI0";
}

int gosym_newest_release(void)
{
	return pclntab_newest_minor;
}

static void fill_build(struct gosym_binary *b, struct gosym_info *i)
{
	const struct buildinfo *info = &b->buildinfo;

	i->go_version = info->version ? info->version : pclntab_releases(&b->pclntab);
	i->version_source = info->version ? info->version_source : "pclntab magic";
	i->newer = b->version.major && goversion_at_least(&b->version, pclntab_newest_minor + 1);
	i->main_path = info->path;
	i->module_path = info->mod_path;
	i->module_version = info->mod_version;
	i->deps = info->deps;
	i->num_deps = info->num_deps;
	i->settings = info->settings;
	i->num_settings = info->num_settings;
}

static bool has_symtab(const struct elf_file *e)
{
	for (size_t i = 0; i < elf_section_count(e); i++) {
		if (elf_section_at(e, i)->type == SHT_SYMTAB)
			return true;
	}
	return false;
}

/* C units beside none of Go do not count. */
static struct gosym_error *fill_dwarf(struct gosym_binary *b, struct gosym_info *i)
{
	const char *producer;
	struct gosym_error *err;
	struct dwarf *d;

	err = binary_dwarf(b, &d);
	if (!err && d)
		err = dwarf_summary(d, &i->dwarf_version, &producer);
	i->has_dwarf = !err && d && i->dwarf_version;
	if (err && gosym_error_code(err) == GOSYM_NOMEM)
		return err;
	/* Damaged DWARF does not cost the rest of the summary: who asks for types hears of it. */
	gosym_error_destroy(err);
	i->debug_file = b->debug.elf ? elf_path(b->debug.elf) : NULL;
	i->debug_file_source = b->debug.found_by;
	i->debug_file_missing = b->debug.refused;
	return NULL;
}

struct gosym_error *gosym_binary_info(struct gosym_binary *b, const struct gosym_info **ret)
{
	struct gosym_error *err;
	struct gosym_info *i;

	if (!b->info) {
		i = arena_alloc(&b->arena, sizeof(*i));
		if (!i)
			return gosym_nomem;
		i->path = elf_path(b->elf);
		i->arch = arch_name(b);
		i->link = link_mode(b);
		i->cgo = has_cgo(b);
		i->big_endian = elf_big_endian(b->elf);
		i->ptr_size = elf_ptr_size(b->elf);
		i->has_symtab = has_symtab(b->elf);
		fill_tables(b, i);
		fill_build(b, i);
		fill_ids(b, i);
		err = fill_dwarf(b, i);
		if (err)
			return err;
		b->info = i;
	}
	*ret = b->info;
	return NULL;
}
