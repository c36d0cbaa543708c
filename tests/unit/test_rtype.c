// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * Type descriptors of several releases, composed in memory from the Go sources' struct definitions
 * (src/internal/abi/type.go, src/reflect/type.go), and damaged ones.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gosym/rtype.h"

#define BASE 0x400000
#define TYPES (BASE + 0x200)
#define SIZE 0x4000

/* A file of one segment: headers, then types from offset 0x200 on. */
struct image {
	uint8_t data[SIZE];
	size_t at;			/* where the next thing goes */
	int minor;
	struct gosym_binary binary;
};

static void put(struct image *m, size_t pos, uint64_t v, unsigned size)
{
	memcpy(&m->data[pos], &v, size); /* little-endian, as the tests' hosts and the file are */
}

static void image_init(struct image *m, int minor, const char *version)
{
	Elf64_Ehdr h = { .e_ident = { ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB,
				      EV_CURRENT },
			 .e_type = ET_EXEC,
			 .e_machine = EM_X86_64,
			 .e_version = EV_CURRENT,
			 .e_ehsize = sizeof(h),
			 .e_phoff = sizeof(h),
			 .e_phentsize = sizeof(Elf64_Phdr),
			 .e_phnum = 1 };
	Elf64_Phdr p = { .p_type = PT_LOAD,
			 .p_flags = PF_R,
			 .p_vaddr = BASE,
			 .p_filesz = SIZE,
			 .p_memsz = SIZE };

	memset(m, 0, sizeof(*m));
	memcpy(m->data, &h, sizeof(h));
	memcpy(m->data + sizeof(h), &p, sizeof(p));
	m->at = 0x208;			/* offset 0 means no name */
	m->minor = minor;
	assert_null(elf_open_mem(m->data, SIZE, "image", &m->binary.elf));
	m->binary.version = (struct goversion){ .major = 1, .minor = minor, .text = version };
	m->binary.moduledata.types = TYPES;
	m->binary.moduledata.etypes = BASE + SIZE;
}

static void image_deinit(struct image *m)
{
	elf_close(m->binary.elf);
	arena_deinit(&m->binary.arena);
}

static uint32_t nameoff(struct image *m, uint8_t flags, const char *text)
{
	size_t start = m->at, len = strlen(text);

	m->data[m->at++] = flags;
	if (m->minor < 17)
		m->data[m->at++] = (uint8_t)(len >> 8);
	m->data[m->at++] = (uint8_t)len;
	memcpy(&m->data[m->at], text, len);
	m->at += len;
	return (uint32_t)(start - 0x200);
}

/* abi.Type with room for what follows it. */
static uint64_t type(struct image *m, unsigned kind, const char *text, uint8_t tflag)
{
	uint32_t name = nameoff(m, 1, text);
	size_t pos = (m->at + 15) & ~(size_t)15;

	put(m, pos, 24, 8);
	m->data[pos + 21] = 8;
	m->data[pos + 20] = tflag;
	m->data[pos + 23] = (uint8_t)kind;
	put(m, pos + 40, name, 4);
	m->at = pos + 48 + 160;
	return BASE + pos;
}

static void word(struct image *m, uint64_t t, size_t i, uint64_t v)
{
	put(m, t - BASE + 48 + 8 * i, v, 8);
}

/* The uncommon data behind words of kind-specific part, for a package path. */
static void path(struct image *m, uint64_t t, size_t words, const char *text)
{
	size_t end = m->at;

	put(m, t - BASE + 48 + 8 * words, nameoff(m, 0, text), 4);
	assert_true(m->at >= end);
}

static void assert_name(struct image *m, uint64_t t, const char *want)
{
	const char *name = NULL;
	struct gosym_error *err = gosym_runtime_type_name(&m->binary, t, &name);

	if (err)
		fail_msg("%s: %s", want, gosym_error_message(err));
	assert_string_equal(name, want);
}

static void assert_refused(struct image *m, uint64_t t, enum gosym_code code)
{
	const char *name = NULL;
	struct gosym_error *err = gosym_runtime_type_name(&m->binary, t, &name);

	assert_non_null(err);
	assert_int_equal(gosym_error_code(err), code);
	assert_null(name);
	gosym_error_destroy(err);
}

static void check_release(int minor, size_t map_words)
{
	struct image m;
	uint64_t integer, header, star, list, map, chan, inner, array, func;

	image_init(&m, minor, NULL);
	integer = type(&m, GOSYM_INT, "*int", 2 | 4);
	header = type(&m, GOSYM_MAP, "http.Header", 1 | 4);
	path(&m, header, map_words, "net/http");
	star = type(&m, GOSYM_POINTER, "*http.Header", 0);
	word(&m, star, 0, header);
	list = type(&m, GOSYM_SLICE, "[]*http.Header", 0);
	word(&m, list, 0, star);
	map = type(&m, GOSYM_MAP, "map[int][]*http.Header", 0);
	word(&m, map, 0, integer);
	word(&m, map, 1, list);
	inner = type(&m, GOSYM_CHAN, "<-chan int", 0);
	word(&m, inner, 0, integer);
	word(&m, inner, 1, 1);
	chan = type(&m, GOSYM_CHAN, "chan (<-chan int)", 0);
	word(&m, chan, 0, inner);
	word(&m, chan, 1, 3);
	array = type(&m, GOSYM_ARRAY, "[7]http.Header", 0);
	word(&m, array, 0, header);
	word(&m, array, 2, 7);
	func = type(&m, GOSYM_FUNC, "func(int, ...*http.Header) (int, http.Header)", 0);
	word(&m, func, 0, 2 | 0x8002u << 16);
	word(&m, func, 1, integer);
	word(&m, func, 2, list);
	word(&m, func, 3, integer);
	word(&m, func, 4, header);
	assert_name(&m, integer, "int");
	assert_name(&m, header, "net/http.Header");
	assert_name(&m, star, "*net/http.Header");
	assert_name(&m, list, "[]*net/http.Header");
	assert_name(&m, map, "map[int][]*net/http.Header");
	assert_name(&m, chan, "chan (<-chan int)");
	assert_name(&m, array, "[7]net/http.Header");
	assert_name(&m, func, "func(int, ...*net/http.Header) (int, net/http.Header)");
	image_deinit(&m);
}

static void test_releases(void **state)
{
	check_release(10, 5);
	check_release(13, 4);
	check_release(15, 5);
	check_release(18, 5);
	check_release(23, 5);
	check_release(25, 8);
	check_release(27, 11);
}

/* struct { embedded *T; hidden int "k:\"v\"" } and interface { Do(int); hide() }, of a/b.c. */
static void test_members(void **state)
{
	struct image m;
	uint64_t integer, named, strukt, iface, do_, hide, names[4];
	size_t list;

	image_init(&m, 22, NULL);
	integer = type(&m, GOSYM_INT, "int", 4);
	named = type(&m, GOSYM_STRUCT, "b.T", 1 | 4);
	path(&m, named, 4, "a/b.c");
	do_ = type(&m, GOSYM_FUNC, "func(int)", 0);
	word(&m, do_, 0, 1);
	word(&m, do_, 1, integer);
	hide = type(&m, GOSYM_FUNC, "func()", 0);
	names[0] = TYPES + nameoff(&m, 0, "a/b.c");
	names[1] = TYPES + nameoff(&m, 1 | 8, "T");
	names[2] = TYPES + nameoff(&m, 2, "hidden");
	m.data[m.at++] = 5;
	memcpy(&m.data[m.at], "k:\"v\"", 5);
	m.at += 5;
	strukt = type(&m, GOSYM_STRUCT, "struct { b.T; hidden int }", 0);
	list = strukt - BASE + 48 + 40;
	word(&m, strukt, 0, names[0]);
	word(&m, strukt, 1, BASE + list);
	word(&m, strukt, 2, 2);
	put(&m, list, names[1], 8);
	put(&m, list + 8, named, 8);
	put(&m, list + 24, names[2], 8);
	put(&m, list + 32, integer, 8);
	assert_name(&m, strukt, "struct { a/b%2ec.T; a/b%2ec.hidden int \"k:\\\"v\\\"\" }");

	iface = type(&m, GOSYM_INTERFACE, "interface { Do(int); hide() }", 0);
	list = iface - BASE + 48 + 40;
	word(&m, iface, 0, names[0]);
	word(&m, iface, 1, BASE + list);
	word(&m, iface, 2, 2);
	put(&m, list, nameoff(&m, 1, "Do"), 4);
	put(&m, list + 4, do_ - TYPES, 4);
	put(&m, list + 8, nameoff(&m, 0, "hide"), 4);
	put(&m, list + 12, hide - TYPES, 4);
	assert_name(&m, iface, "interface { Do(int); a/b%2ec.hide() }");
	image_deinit(&m);
}

static void test_names(void **state)
{
	struct image m;
	uint64_t t;

	image_init(&m, 21, NULL);
	t = type(&m, GOSYM_STRUCT, "yaml.G[gopkg.in/yaml%2ev3.Node]", 1 | 4);
	path(&m, t, 4, "gopkg.in/yaml.v3");
	assert_name(&m, t, "gopkg.in/yaml%2ev3.G[gopkg.in/yaml%2ev3.Node]");
	t = type(&m, GOSYM_INT, "go.shape.int", 1 | 4);
	path(&m, t, 0, "go.shape");
	assert_name(&m, t, "go.shape.int");
	t = type(&m, GOSYM_STRUCT, "main.G[main.local\302\2671]", 1 | 4);
	path(&m, t, 4, "main");
	assert_name(&m, t, "main.G[main.local]");
	image_deinit(&m);
}

static void test_direct(void **state)
{
	struct image m;
	bool direct;
	uint64_t t;

	image_init(&m, 25, NULL);
	t = type(&m, GOSYM_POINTER | 0x20, "*int", 0);
	assert_null(gosym_runtime_type_is_direct(&m.binary, t, &direct));
	assert_true(direct);
	t = type(&m, GOSYM_INT, "int", 0x20);
	assert_null(gosym_runtime_type_is_direct(&m.binary, t, &direct));
	assert_false(direct);
	image_deinit(&m);

	image_init(&m, 26, NULL);
	t = type(&m, GOSYM_POINTER, "*int", 0x20);
	assert_null(gosym_runtime_type_is_direct(&m.binary, t, &direct));
	assert_true(direct);
	t = type(&m, GOSYM_INT, "int", 0);
	assert_null(gosym_runtime_type_is_direct(&m.binary, t, &direct));
	assert_false(direct);
	image_deinit(&m);
}

static void test_noswissmap(void **state)
{
	struct image m;
	uint64_t t;

	image_init(&m, 24, "go1.24.4 X:noswissmap");
	t = type(&m, GOSYM_MAP, "http.Header", 1 | 4);
	path(&m, t, 5, "net/http");
	assert_name(&m, t, "net/http.Header");
	image_deinit(&m);
}

static void test_damage(void **state)
{
	struct image m;
	uint64_t a, b, t;

	image_init(&m, 23, NULL);
	/* A pointer to itself, and two arrays of each other, have no name. */
	a = type(&m, GOSYM_POINTER, "*T", 0);
	word(&m, a, 0, a);
	assert_refused(&m, a, GOSYM_BAD_DATA);
	a = type(&m, GOSYM_MAP, "map[T]T", 0);
	b = type(&m, GOSYM_MAP, "map[T]T", 0);
	word(&m, a, 0, b);
	word(&m, a, 1, b);
	word(&m, b, 0, a);
	word(&m, b, 1, a);
	assert_refused(&m, a, GOSYM_BAD_DATA);
	t = type(&m, 0, "kindless", 4);
	assert_refused(&m, t, GOSYM_BAD_DATA);
	t = type(&m, 31, "kind31", 4);
	assert_refused(&m, t, GOSYM_BAD_DATA);
	t = type(&m, GOSYM_INT, "", 4);
	assert_refused(&m, t, GOSYM_BAD_DATA);
	t = type(&m, GOSYM_SLICE, "[]T", 0);
	word(&m, t, 0, 0xdeadbeef);
	assert_refused(&m, t, GOSYM_BAD_DATA);
	t = type(&m, GOSYM_STRUCT, "struct { x }", 0);
	word(&m, t, 1, BASE);
	word(&m, t, 2, 1 << 30);
	assert_refused(&m, t, GOSYM_BAD_DATA);
	assert_refused(&m, 0, GOSYM_BAD_DATA);
	assert_refused(&m, t + 1, GOSYM_BAD_DATA);
	assert_refused(&m, BASE + SIZE - 8, GOSYM_BAD_DATA);
	assert_refused(&m, BASE + SIZE, GOSYM_BAD_DATA);
	m.binary.moduledata.types = 0;
	assert_refused(&m, a, GOSYM_NOT_FOUND);
	m.binary.version.minor = 4;
	assert_refused(&m, a, GOSYM_UNSUPPORTED);
	image_deinit(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_releases),
		cmocka_unit_test(test_members),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_direct),
		cmocka_unit_test(test_noswissmap),
		cmocka_unit_test(test_damage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
