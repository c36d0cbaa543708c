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
	rtypes_close(m->binary.rtypes);
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

/* ------------------------------------------------------------ whole types */

static const struct gosym_type *must_read(struct image *m, uint64_t t)
{
	const struct gosym_type *ret = NULL;
	struct gosym_error *err = gosym_type_at(&m->binary, t, &ret);

	if (err)
		fail_msg("%s", gosym_error_message(err));
	return ret;
}

static void assert_unreadable(struct image *m, uint64_t t)
{
	const struct gosym_type *ret = NULL;
	struct gosym_error *err = gosym_type_at(&m->binary, t, &ret);

	assert_non_null(err);
	assert_int_equal(gosym_error_code(err), GOSYM_BAD_DATA);
	assert_null(ret);
	gosym_error_destroy(err);
}

static void set_size(struct image *m, uint64_t t, uint64_t size)
{
	put(m, t - BASE, size, 8);
}

/* Where an offset word of 1.9 to 1.18 has a flag. */
static uint64_t offset_word(struct image *m, uint64_t offset, bool embedded)
{
	return m->minor >= 9 && m->minor < 19 ? offset << 1 | embedded : offset;
}

/* struct { a bool; *T; b int }: its descriptor; T is itself. */
static uint64_t struct_with_fields(struct image *m)
{
	uint64_t truth, integer, star, strukt, name[3];
	size_t list;

	truth = type(m, GOSYM_BOOL, "bool", 4);
	set_size(m, truth, 1);
	m->data[truth - BASE + 21] = 1;
	integer = type(m, GOSYM_INT, "int", 4);
	set_size(m, integer, 8);
	star = type(m, GOSYM_POINTER, "*main.T", 0);
	set_size(m, star, 8);
	name[0] = TYPES + nameoff(m, 0, "a");
	name[1] = TYPES + nameoff(m, m->minor < 9 ? 1 : 1 | (m->minor >= 19 ? 8 : 0),
				  m->minor < 9 ? "" : "T");
	name[2] = TYPES + nameoff(m, 0, "b");
	strukt = type(m, GOSYM_STRUCT, "main.T", 1 | 4);
	path(m, strukt, 4, "main");
	word(m, star, 0, strukt);
	list = strukt - BASE + 48 + 64;
	word(m, strukt, 1, BASE + list);
	word(m, strukt, 2, 3);
	for (size_t i = 0; i < 3; i++) {
		put(m, list + 24 * i, name[i], 8);
		put(m, list + 24 * i + 8, i == 0 ? truth : i == 1 ? star : integer, 8);
		put(m, list + 24 * i + 16, offset_word(m, 8 * i, i == 1), 8);
	}
	return strukt;
}

static void check_struct(int minor)
{
	const struct gosym_type *t;
	struct image m;

	image_init(&m, minor, NULL);
	t = must_read(&m, struct_with_fields(&m));
	assert_string_equal(gosym_type_name(t), "main.T");
	assert_int_equal(gosym_type_kind(t), GOSYM_STRUCT);
	assert_int_equal(gosym_type_size(t), 24);
	assert_int_equal(gosym_type_align(t), 8);
	assert_int_equal(gosym_type_source(t), GOSYM_FROM_TYPES);
	assert_int_equal(gosym_type_field_count(t), 3);
	for (size_t i = 0; i < 3; i++) {
		const struct gosym_field *f = gosym_type_field_at(t, i);

		assert_string_equal(f->name, i == 0 ? "a" : i == 1 ? "T" : "b");
		assert_int_equal(f->offset, 8 * i);
		assert_int_equal(f->embedded, i == 1);
	}
	assert_string_equal(gosym_type_name(gosym_type_field_at(t, 1)->type), "*main.T");
	assert_ptr_equal(gosym_type_elem(gosym_type_field_at(t, 1)->type), t);
	assert_null(gosym_type_field_at(t, 3));
	image_deinit(&m);
}

static void test_structs(void **state)
{
	static const int releases[] = { 7, 8, 9, 10, 13, 16, 18, 19, 23, 25, 26, 27 };

	for (size_t i = 0; i < sizeof(releases) / sizeof(releases[0]); i++)
		check_struct(releases[i]);
}

/* Everything by pointers: {name, package, type, tag, offset}. */
static void test_struct_1_5(void **state)
{
	struct image m;
	uint64_t header, integer, strukt;
	const struct gosym_type *t;
	size_t list;

	image_init(&m, 5, NULL);
	m.binary.moduledata.types = m.binary.moduledata.etypes = 0;
	m.at = (m.at + 7) & ~(size_t)7;
	header = BASE + m.at;
	put(&m, m.at, BASE + m.at + 16, 8);
	put(&m, m.at + 8, 3, 8);
	memcpy(&m.data[m.at + 16], "int", 3);
	m.at += 32;
	integer = type(&m, GOSYM_INT, "", 0);
	put(&m, integer - BASE + 40, header, 8);
	set_size(&m, integer, 8);
	strukt = type(&m, GOSYM_STRUCT, "", 0);
	put(&m, strukt - BASE + 40, header, 8);
	set_size(&m, strukt, 16);
	list = strukt - BASE + 72 + 48;
	put(&m, strukt - BASE + 72, BASE + list, 8);
	put(&m, strukt - BASE + 80, 2, 8);
	m.at += 128;
	put(&m, list, header, 8);
	put(&m, list + 16, integer, 8);
	put(&m, list + 40 + 16, integer, 8);
	put(&m, list + 40 + 32, 8, 8);
	t = must_read(&m, strukt);
	assert_int_equal(gosym_type_field_count(t), 2);
	assert_string_equal(gosym_type_field_at(t, 0)->name, "int");
	assert_false(gosym_type_field_at(t, 0)->embedded);
	assert_true(gosym_type_field_at(t, 1)->embedded);
	assert_string_equal(gosym_type_field_at(t, 1)->name, "int");
	assert_int_equal(gosym_type_field_at(t, 1)->offset, 8);
	image_deinit(&m);
}

static void test_func_and_interface(void **state)
{
	struct image m;
	uint64_t integer, slice, func, iface;
	const struct gosym_type *t;
	size_t list;

	image_init(&m, 23, NULL);
	integer = type(&m, GOSYM_INT, "int", 4);
	set_size(&m, integer, 8);
	slice = type(&m, GOSYM_SLICE, "[]int", 0);
	word(&m, slice, 0, integer);
	func = type(&m, GOSYM_FUNC, "func(int, ...int) int", 0);
	set_size(&m, func, 8);
	word(&m, func, 0, 2 | 0x8001u << 16);
	word(&m, func, 1, integer);
	word(&m, func, 2, slice);
	word(&m, func, 3, integer);
	iface = type(&m, GOSYM_INTERFACE, "interface { Do(int, ...int) int }", 0);
	set_size(&m, iface, 16);
	list = iface - BASE + 48 + 40;
	word(&m, iface, 1, BASE + list);
	word(&m, iface, 2, 1);
	put(&m, list, nameoff(&m, 1, "Do"), 4);
	put(&m, list + 4, func - TYPES, 4);
	t = must_read(&m, iface);
	assert_false(gosym_type_is_empty_interface(t));
	assert_int_equal(gosym_type_method_count(t), 1);
	assert_string_equal(gosym_type_method_name(t, 0), "Do");
	assert_int_equal(gosym_type_method_entry(t, 0), 0);
	t = gosym_type_method_type(t, 0);
	assert_ptr_equal(t, must_read(&m, func));
	assert_true(gosym_type_has_signature(t));
	assert_true(gosym_type_is_variadic(t));
	assert_int_equal(gosym_type_in_count(t), 2);
	assert_int_equal(gosym_type_out_count(t), 1);
	assert_string_equal(gosym_type_name(gosym_type_in_at(t, 1)), "[]int");
	assert_string_equal(gosym_type_name(gosym_type_out_at(t, 0)), "int");
	assert_null(gosym_type_in_at(t, 2));
	assert_null(gosym_type_out_at(t, 1));
	image_deinit(&m);
}

/* main.T has a method Get() int, entered at code; through an interface at code + 0x10, as that
 * of *main.T. */
static void test_methods(void **state)
{
	const uint64_t code = BASE + 0x3000;
	struct gosym_func funcs[] = {
		{ .entry = code, .end = code + 0x10, .name = "main.T.Get" },
		{ .entry = code + 0x10, .end = code + 0x20, .name = "main.(*T).Get" },
		{ .entry = code + 0x20, .end = code + 0x30, .name = "main.other" },
	};
	struct rtype_method method;
	uint64_t integer, func, strukt, star;
	struct gosym_error *err;
	struct image m;
	size_t list, uncommon;

	image_init(&m, 23, NULL);
	m.binary.pclntab.funcs = funcs;
	m.binary.pclntab.num_funcs = 3;
	m.binary.moduledata.text = BASE;
	integer = type(&m, GOSYM_INT, "int", 4);
	set_size(&m, integer, 8);
	func = type(&m, GOSYM_FUNC, "func() int", 0);
	set_size(&m, func, 8);
	word(&m, func, 0, 0x1u << 16);
	word(&m, func, 1, integer);
	strukt = type(&m, GOSYM_STRUCT, "main.T", 1 | 4);
	path(&m, strukt, 4, "main");
	uncommon = strukt - BASE + 48 + 32;
	list = uncommon + 16;
	put(&m, uncommon + 4, 3, 2);
	put(&m, uncommon + 8, 16, 4);
	/* Kept; pruned; and one whose code is some other function. */
	for (size_t i = 0; i < 3; i++) {
		put(&m, list + 16 * i, nameoff(&m, 1, i ? "Gone" : "Get"), 4);
		put(&m, list + 16 * i + 4, i == 1 ? 0 : func - TYPES, 4);
		put(&m, list + 16 * i + 8, i == 1 ? UINT32_MAX : 0x3010 + 0x10 * (i / 2), 4);
		put(&m, list + 16 * i + 12, i == 1 ? UINT32_MAX : 0x3000 + 0x10 * i, 4);
	}
	star = type(&m, GOSYM_SLICE, "[]main.T", 0);
	word(&m, star, 0, strukt);
	/* The list of types is the slice alone: the rest is reached from it. */
	put(&m, 0x3800, star - TYPES, 4);
	m.binary.moduledata.typelinks = BASE + 0x3800;
	m.binary.moduledata.num_typelinks = 1;
	assert_int_equal(gosym_type_method_count(must_read(&m, strukt)), 2);
	err = rtype_method_at(&m.binary, code, &method);
	assert_null(err);
	assert_string_equal(method.name, "Get");
	assert_string_equal(gosym_type_name(method.receiver), "main.T");
	assert_string_equal(gosym_type_name(gosym_type_out_at(method.func, 0)), "int");
	assert_null(rtype_method_at(&m.binary, code + 0x10, &method));
	assert_string_equal(gosym_type_name(method.receiver), "*main.T");
	assert_ptr_equal(gosym_type_elem(method.receiver), must_read(&m, strukt));
	err = rtype_method_at(&m.binary, code + 0x20, &method);
	assert_int_equal(gosym_error_code(err), GOSYM_NOT_FOUND);
	gosym_error_destroy(err);
	image_deinit(&m);
}

static void test_hostile_types(void **state)
{
	struct image m;
	uint64_t a, b, t;

	image_init(&m, 23, NULL);
	/* Two arrays of each other; a struct larger than its size; one whose alignment is none. */
	a = type(&m, GOSYM_ARRAY, "main.A", 4);
	b = type(&m, GOSYM_ARRAY, "main.B", 4);
	word(&m, a, 0, b);
	word(&m, a, 2, 1);
	word(&m, b, 0, a);
	word(&m, b, 2, 1);
	assert_unreadable(&m, a);
	assert_unreadable(&m, a);
	assert_unreadable(&m, b);
	t = struct_with_fields(&m);
	set_size(&m, t, 23);
	assert_unreadable(&m, t);
	t = type(&m, GOSYM_INT, "main.I", 4);
	set_size(&m, t, 4);
	assert_unreadable(&m, t);
	t = type(&m, GOSYM_INT, "main.J", 4);
	set_size(&m, t, 8);
	m.data[t - BASE + 21] = 3;
	assert_unreadable(&m, t);
	t = type(&m, GOSYM_STRUCT, "main.S", 4);
	word(&m, t, 1, BASE + 0x200);
	word(&m, t, 2, 1 << 16);
	assert_unreadable(&m, t);
	t = type(&m, GOSYM_FUNC, "main.F", 4);
	set_size(&m, t, 8);
	word(&m, t, 0, 0x8000u << 16);
	assert_unreadable(&m, t);
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
		cmocka_unit_test(test_structs),
		cmocka_unit_test(test_struct_1_5),
		cmocka_unit_test(test_func_and_interface),
		cmocka_unit_test(test_methods),
		cmocka_unit_test(test_hostile_types),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
