// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * Opening programs composed in memory: every layout of the function table, both byte orders and word sizes, with
 * and without sections, build info and moduledata; then damaged ones, each with the message it must give.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gosym/binary.h"
#include "tests/lib/elfgen.h"

static const int minors[] = { 2, 5, 7, 8, 11, 12, 13, 15, 16, 17, 18, 19, 20, 22, 25, 26, 27 };
static const struct { uint16_t machine; unsigned ptr_size; bool big_endian; int regabi; } machines[] = {
	{ EM_X86_64, 8, false, 17 }, { EM_AARCH64, 8, false, 18 }, { EM_386, 4, false, 999 },
	{ EM_S390, 8, true, 26 }, { EM_MIPS, 4, true, 999 },
};

static struct gosym_binary *open_ok(const struct elfgen *g)
{
	struct gosym_binary *b = NULL;
	struct gosym_error *err = gosym_open_mem(g->data, g->size, "prog", &b);

	if (err)
		print_error("%s\n", gosym_error_message(err));
	assert_null(err);
	return b;
}

/* The message holds text. */
static void open_fails(const struct elfgen *g, enum gosym_code code, const char *text)
{
	struct gosym_binary *b = NULL;
	struct gosym_error *err = gosym_open_mem(g->data, g->size, "prog", &b);

	assert_non_null(err);
	if (!strstr(gosym_error_message(err), text) || gosym_error_code(err) != code)
		print_error("%s\n", gosym_error_message(err));
	assert_non_null(strstr(gosym_error_message(err), text));
	assert_int_equal(gosym_error_code(err), code);
	gosym_error_destroy(err);
}

static void check_func(struct gosym_binary *b, const struct elfgen *g, size_t i, int minor, bool regabi)
{
	const struct elfgen_func *want = &elfgen_funcs[i];
	const struct gosym_func *f = gosym_func_at(b, i);
	uint64_t entry = ELFGEN_BASE + g->text, addr;
	const char *file;
	unsigned line;
	int32_t sp;

	for (size_t k = 0; k < i; k++)
		entry += elfgen_funcs[k].size;
	assert_string_equal(f->name, want->name);
	assert_int_equal(f->entry, entry);
	assert_int_equal(f->end, entry + want->size);
	assert_int_equal(f->args, want->args);
	gosym_func_source(b, f, &file, &line);
	assert_string_equal(file, want->file);
	assert_int_equal(line, want->line);
	pclntab_line(&b->pclntab, f, f->entry + 4, &file, &line);
	assert_int_equal(line, want->line + 1);
	pclntab_line(&b->pclntab, f, f->end, &file, &line);
	assert_null(file);
	assert_true(pclntab_sp_delta(&b->pclntab, f, f->entry, &sp) && sp == 0);
	assert_true(pclntab_sp_delta(&b->pclntab, f, f->end - 1, &sp) && sp == 8);
	assert_false(pclntab_sp_delta(&b->pclntab, f, f->end, &sp));
	assert_true(pclntab_funcdata(b->elf, &b->pclntab, f, FUNCDATA_ARGS_PTRMAPS, &addr));
	assert_int_equal(addr, ELFGEN_BASE + g->text + 16);
	assert_false(pclntab_funcdata(b->elf, &b->pclntab, f, FUNCDATA_LOCALS_PTRMAPS, &addr));
	assert_int_equal(f->assembly, i == 2);
	assert_string_equal(gosym_func_abi(f), regabi && i != 2 ? "ABIInternal" : "ABI0");
}

static void check_program(const struct elfgen *g, const struct elfgen_options *o, bool regabi)
{
	struct gosym_binary *b = open_ok(g);
	const struct gosym_func *f;

	assert_int_equal(gosym_func_count(b), elfgen_num_funcs);
	assert_int_equal(b->pclntab.num_bad, 0);
	for (size_t i = 0; i < elfgen_num_funcs; i++)
		check_func(b, g, i, o->minor, regabi);
	if (!o->no_moduledata && o->minor >= 5)
		assert_int_equal(b->moduledata.addr, ELFGEN_BASE + g->moduledata);
	assert_null(gosym_func_find(b, "net/http.(*Server).Serve", &f));
	assert_ptr_equal(f, gosym_func_at(b, 3));
	assert_null(gosym_func_at_addr(b, f->entry + 1, &f));
	assert_ptr_equal(f, gosym_func_at(b, 3));
	gosym_close(b);
}

static void test_layouts(void **state)
{
	for (size_t m = 0; m < sizeof(machines) / sizeof(*machines); m++) {
		for (size_t i = 0; i < sizeof(minors) / sizeof(*minors); i++) {
			char version[32];
			struct elfgen_options o = { .minor = minors[i], .machine = machines[m].machine,
				.ptr_size = machines[m].ptr_size, .big_endian = machines[m].big_endian,
				.version = version };
			struct elfgen g;

			snprintf(version, sizeof(version), "go1.%d.1", minors[i]);
			for (int none = 0; none < 2; none++) {
				o.no_sections = none;
				elfgen_program(&g, &o);
				check_program(&g, &o, minors[i] >= machines[m].regabi);
				elfgen_free(&g);
			}
		}
	}
}

/* The version is told by the records where nothing else tells it, the text base by what there is. */
static void test_unknown_version(void **state)
{
	for (size_t i = 0; i < sizeof(minors) / sizeof(*minors); i++) {
		struct elfgen_options o = { .minor = minors[i] };
		struct elfgen g;

		/* 1.17 shows itself by a function of the runtime that these programs have not. */
		elfgen_program(&g, &o);
		check_program(&g, &o, minors[i] >= 18);
		elfgen_free(&g);
	}
}

static void test_text_sources(void **state)
{
	static const struct elfgen_func rt0[] = {
		{ .name = "_rt0_amd64_linux", .file = "/rt0.s", .size = 16, .line = 1, .flag = 4 },
		{ .name = "main.main", .file = "/m.go", .size = 16, .line = 1 },
	};
	const struct { int minor; const struct elfgen_func *funcs; const char *source; } rows[] = {
		{ 15, NULL, "absolute addresses" }, { 18, NULL, "pclntab header" }, { 25, NULL, "pclntab header" },
		{ 26, rt0, "ELF entry point" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct elfgen_options o = { .minor = rows[i].minor, .no_moduledata = true,
						  .funcs = rows[i].funcs, .num_funcs = 2 };
		struct gosym_binary *b;
		struct elfgen g;

		elfgen_program(&g, &o);
		b = open_ok(&g);
		assert_string_equal(b->pclntab.text_source, rows[i].source);
		assert_int_equal(gosym_func_entry(gosym_func_at(b, 0)), ELFGEN_BASE + g.text);
		gosym_close(b);
		elfgen_free(&g);
	}
	const struct elfgen_options o = { .minor = 26, .no_moduledata = true };
	struct elfgen g;

	elfgen_program(&g, &o);
	open_fails(&g, GOSYM_BAD_DATA, "nothing tells where the program's text begins");
	elfgen_free(&g);
}

static void test_buildinfo(void **state)
{
	static const char modinfo[] = "path\texample.com/cmd\nmod\texample.com\tv1.2.3\th1:x=\n"
		"dep\tgolang.org/x/net\tv0.1.0\th1:y=\n=>\t./net\t\ndep\tb\tv2\n=>\tc\tv3\th1:z=\n"
		"build\t-ldflags=\"-X \\\"a=b\\\"\\x41\\u00e9\"\nbuild\t\"a=b\"=c\nbuild\tGOARCH=amd64\n";
	static const int both[] = { 15, 27 };

	for (size_t i = 0; i < 2; i++) {
		const struct elfgen_options o = { .minor = both[i], .version = "go1.99 X:noregabi",
						  .modinfo = modinfo };
		const struct gosym_info *info;
		struct gosym_binary *b;
		struct elfgen g;

		elfgen_program(&g, &o);
		b = open_ok(&g);
		assert_null(gosym_binary_info(b, &info));
		assert_string_equal(info->go_version, "go1.99 X:noregabi");
		assert_string_equal(info->version_source, ".go.buildinfo");
		assert_string_equal(info->main_path, "example.com/cmd");
		assert_string_equal(info->module_path, "example.com");
		assert_string_equal(info->module_version, "v1.2.3");
		assert_int_equal(info->num_deps, 2);
		assert_string_equal(info->deps[0].version, "v0.1.0");
		assert_string_equal(info->deps[0].replaced_by, "./net");
		assert_string_equal(info->deps[1].replaced_by, "c@v3");
		assert_int_equal(info->num_settings, 3);
		assert_string_equal(info->settings[0].key, "-ldflags");
		assert_string_equal(info->settings[0].value, "-X \"a=b\"A\xc3\xa9");
		assert_string_equal(info->settings[1].key, "a=b");
		assert_string_equal(info->settings[1].value, "c");
		assert_string_equal(info->abi, "ABI0");
		assert_int_equal(info->num_funcs, elfgen_num_funcs);
		gosym_close(b);
		elfgen_free(&g);
	}
}

/* A wrapper that shares its name with compiled Go takes its arguments on the stack. */
static void test_abi_wrappers(void **state)
{
	static const struct elfgen_func funcs[] = {
		{ .name = "a.F", .file = "/a.go", .size = 16, .line = 1 },
		{ .name = "a.G", .file = "/a.s", .size = 16, .line = 1, .flag = 4 },
		{ .name = "a.F", .file = "<autogenerated>", .size = 16, .line = 1, .func_id = 22 },
		{ .name = "a.G", .file = "<autogenerated>", .size = 16, .line = 1, .func_id = 22 },
		{ .name = "a.(*T).M", .file = "<autogenerated>", .size = 16, .line = 1, .func_id = 22 },
		{ .name = "runtime.systemstack_switch", .file = "/r.s", .size = 16, .line = 1, .func_id = 21,
		  .flag = 4 },
	};
	static const bool internal[] = { true, false, false, true, true, false };
	static const char *const versions[] = { "go1.22", NULL };

	for (size_t v = 0; v < 2; v++) {
		const struct elfgen_options o = { .minor = 22, .version = versions[v], .funcs = funcs, .num_funcs = 6 };
		struct gosym_binary *b;
		struct elfgen g;

		elfgen_program(&g, &o);
		b = open_ok(&g);
		for (size_t i = 0; i < 6; i++) {
			assert_int_equal(gosym_func_at(b, i)->abi == FUNC_ABIINTERNAL, internal[i]);
			assert_int_equal(gosym_func_is_wrapper(gosym_func_at(b, i)), i >= 2 && i <= 4);
		}
		gosym_close(b);
		elfgen_free(&g);
	}
}

static void test_bad_function(void **state)
{
	const struct elfgen_options o = { .minor = 27, .version = "go1.27" };
	struct gosym_binary *b;
	struct elfgen g;

	/* The second record's offset, then the second entry. */
	elfgen_program(&g, &o);
	elfgen_put32(&g, g.functab + 12, 0x7fffffff);
	b = open_ok(&g);
	assert_int_equal(gosym_func_count(b), elfgen_num_funcs - 1);
	assert_int_equal(b->pclntab.num_bad, 1);
	assert_int_equal(b->pclntab.first_bad, g.functab + 8 - g.pclntab);
	assert_string_equal(gosym_func_at(b, 1)->name, "main.asm");
	gosym_close(b);
	elfgen_put32(&g, g.functab + 20, 0x7fffffff);
	elfgen_put32(&g, g.functab + 28, 0x7fffffff);
	open_fails(&g, GOSYM_BAD_DATA, "damaged");
	elfgen_free(&g);
}

/* A patch of one value each, and what is said of it. */
static void test_damage(void **state)
{
	static const struct {
		size_t off;
		uint64_t v;
		unsigned size;
		enum gosym_code code;
		const char *text;
	} rows[] = {
		{ 8, 0, 8, GOSYM_BAD_DATA, "nfunc" },
		{ 8, UINT64_MAX, 8, GOSYM_BAD_DATA, "nfunc" },
		{ 8, 100000, 8, GOSYM_BAD_DATA, "nfunc" },
		{ 8 + 3 * 8, UINT64_MAX, 8, GOSYM_BAD_DATA, ".gopclntab+0x20: an offset of the header is out" },
		{ 8 + 7 * 8, 0x10, 8, GOSYM_BAD_DATA, ".gopclntab+0x38" },
		{ 0, 0xfffffff7, 4, GOSYM_BAD_DATA, "" },
		{ 7, 3, 1, GOSYM_BAD_DATA, "no function table header" },
		{ 6, 9, 1, GOSYM_BAD_DATA, "no function table header" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct elfgen_options o = { .minor = 27, .version = "go1.27" };
		struct elfgen g;

		elfgen_program(&g, &o);
		if (rows[i].size == 8)
			elfgen_put64(&g, g.pclntab + rows[i].off, rows[i].v);
		else if (rows[i].size == 4)
			elfgen_put32(&g, g.pclntab + rows[i].off, (uint32_t)rows[i].v);
		else
			elfgen_put8(&g, g.pclntab + rows[i].off, (uint8_t)rows[i].v);
		/* An unknown magic over a table that holds together is taken for a newer release. */
		if (rows[i].text[0])
			open_fails(&g, rows[i].code, rows[i].text);
		else
			gosym_close(open_ok(&g));
		elfgen_free(&g);
	}
}

static void test_compressed(void **state)
{
	for (int gnu = 0; gnu < 2; gnu++) {
		const struct elfgen_options o = { .minor = 27, .zdebug = gnu, .compressed = !gnu };
		const struct elf_section *s;
		struct elf_file *e;
		struct gosym_error *err;
		struct bytes b;
		struct elfgen g;

		elfgen_program(&g, &o);
		assert_null(elf_open_mem(g.data, g.size, "prog", &e));
		s = elf_section_find(e, ".debug_test");
		assert_non_null(s);
		assert_null(elf_section_bytes(e, s, &b));
		assert_int_equal(b.size, strlen(elfgen_debug));
		assert_memory_equal(b.data, elfgen_debug, b.size);
		elf_close(e);
		/* 4 GiB and more out of a hundred bytes. */
		if (gnu)
			elfgen_put8(&g, g.debug + 4 + 3, 1);
		else
			elfgen_put64(&g, g.debug + 8, (uint64_t)1 << 32);
		assert_null(elf_open_mem(g.data, g.size, "prog", &e));
		err = elf_section_bytes(e, elf_section_find(e, ".debug_test"), &b);
		assert_int_equal(gosym_error_code(err), GOSYM_BAD_DATA);
		assert_non_null(strstr(gosym_error_message(err), "cannot hold"));
		gosym_error_destroy(err);
		elf_close(e);
		elfgen_free(&g);
	}
}

/* Cut off anywhere, a file says that it is cut off; never does it crash. */
static void test_truncated(void **state)
{
	const struct elfgen_options o = { .minor = 27, .version = "go1.27" };
	struct elfgen g, cut;

	elfgen_program(&g, &o);
	cut = g;
	for (cut.size = 0; cut.size < g.size; cut.size++) {
		struct gosym_binary *b = NULL;
		uint8_t *copy = malloc(cut.size ? cut.size : 1);
		struct gosym_error *err;

		memcpy(copy, g.data, cut.size);
		err = gosym_open_mem(copy, cut.size, "prog", &b);
		assert_non_null(err);
		if (cut.size >= EI_NIDENT)
			assert_non_null(strstr(gosym_error_message(err), "truncated"));
		gosym_error_destroy(err);
		free(copy);
	}
	elfgen_free(&g);
}

static void test_not_go(void **state)
{
	static const struct { const char *data; size_t size; const char *text; } rows[] = {
		{ "", 0, "prog: empty file" }, { "#!/bin/sh\n", 10, "it is a script" },
		{ "hello", 5, "starts with 68 65 6c 6c 6f" }, { "MZ\x90", 3, "a Windows program" },
	};
	const struct elfgen_options o = { .minor = 27, .version = "go1.27" };
	struct elfgen g;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		g = (struct elfgen){ .data = (uint8_t *)(uintptr_t)rows[i].data, .size = rows[i].size };
		open_fails(&g, GOSYM_NOT_GO, rows[i].text);
	}
	elfgen_program(&g, &o);
	elfgen_put16(&g, 16, ET_REL);
	open_fails(&g, GOSYM_NOT_GO, "not linked yet");
	elfgen_put16(&g, 16, ET_EXEC);
	/* Neither section headers nor a table: a program, but not Go's. */
	elfgen_put64(&g, 40, 0);
	elfgen_put16(&g, 60, 0);
	elfgen_put32(&g, g.pclntab, 0);
	open_fails(&g, GOSYM_NOT_GO, "not a Go program: no function table (pclntab)");
	elfgen_free(&g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_layouts), cmocka_unit_test(test_unknown_version),
		cmocka_unit_test(test_text_sources), cmocka_unit_test(test_buildinfo),
		cmocka_unit_test(test_abi_wrappers), cmocka_unit_test(test_bad_function),
		cmocka_unit_test(test_damage), cmocka_unit_test(test_compressed), cmocka_unit_test(test_truncated),
		cmocka_unit_test(test_not_go),
	};

	return cmocka_run_group_tests_name("pclntab", tests, NULL, NULL);
}
