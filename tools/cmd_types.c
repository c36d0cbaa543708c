// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/* gosym types: the types of a program and how they lie in memory, holes and padding included. */
#include <inttypes.h>
#include <limits.h>
#include <string.h>

#include "gosym/cleanup.h"
#include "gosym/vec.h"
#include "tools/command.h"
#include "tools/out.h"
#include "tools/target.h"

static const char text[] =
	"Shows types as Go declares them, with offset and size of each field in bytes, and the holes\n"
	"that alignment leaves. TYPE is an exact name, a glob in which (*T) is literal, or /regex/;\n"
	"without one all types are listed: size, kind, where it is known from, name. Layouts are\n"
	"taken from DWARF, and where that is silent from the metadata that Go's reflection uses.\n\n"
	"Example:\n"
	"  gosym types ./server net/http.Request 'main.*'\n";

enum { CACHE_LINE = 64, MAX_COLUMN = 48 };

/* What the fields of a struct leave free. */
struct gaps {
	uint64_t fields, holes, padding;	/* bytes */
	size_t num_holes;
};

/* The free bytes before the i-th field; i = the number of fields: behind the last. */
static uint64_t gap_before(const struct gosym_type *t, size_t i)
{
	const struct gosym_field *f = gosym_type_field_at(t, i);
	const struct gosym_field *last = i ? gosym_type_field_at(t, i - 1) : NULL;
	uint64_t end = last ? last->offset + gosym_type_size(last->type) : 0;
	uint64_t start = f ? f->offset : gosym_type_size(t);

	return start > end ? start - end : 0;
}

static struct gaps gaps_of(const struct gosym_type *t)
{
	size_t num = gosym_type_field_count(t);
	struct gaps g = { .padding = gap_before(t, num) };

	for (size_t i = 0; i < num; i++) {
		uint64_t gap = gap_before(t, i);

		g.fields += gosym_type_size(gosym_type_field_at(t, i)->type);
		g.holes += gap;
		g.num_holes += gap > 0;
	}
	return g;
}

/* The type as its descriptor has it, which knows methods and tells parameters from results;
 * else t. */
static const struct gosym_type *with_methods(const struct target *t, const struct gosym_type *type)
{
	const struct gosym_type *ret = type;
	uint64_t addr = gosym_type_runtime_addr(type);

	if (addr && gosym_type_source(type) != GOSYM_FROM_TYPES)
		gosym_error_destroy(gosym_type_at(t->binary, addr, &ret));
	return gosym_type_kind(ret) == gosym_type_kind(type) ? ret : type;
}

static const char *name_of(const struct gosym_type *t)
{
	return t ? gosym_type_name(t) : "?";
}

/* -------------------------------------------------------------------- text */

static void print_signature(FILE *out, const struct gosym_type *t)
{
	size_t in = gosym_type_in_count(t), num_out = gosym_type_out_count(t);

	putc('(', out);
	for (size_t i = 0; i < in; i++) {
		const struct gosym_type *p = gosym_type_in_at(t, i);
		bool dots = gosym_type_is_variadic(t) && i + 1 == in && p && gosym_type_elem(p);

		fprintf(out, "%s%s%s", i ? ", " : "", dots ? "..." : "",
			name_of(dots ? gosym_type_elem(p) : p));
	}
	fprintf(out, ")%s", num_out > 1 ? " (" : num_out ? " " : "");
	for (size_t i = 0; i < num_out; i++)
		fprintf(out, "%s%s", i ? ", " : "", name_of(gosym_type_out_at(t, i)));
	if (num_out > 1)
		putc(')', out);
}

static void print_interface(FILE *out, const struct gosym_type *t, const struct gosym_type *meta)
{
	size_t num = gosym_type_method_count(meta);

	if (gosym_type_is_empty_interface(t)) {
		fputs("interface {}", out);
		return;
	}
	fputs("interface {\n", out);
	for (size_t i = 0; i < num; i++) {
		const struct gosym_type *m = gosym_type_method_type(meta, i);

		fprintf(out, "\t%s", gosym_type_method_name(meta, i));
		if (m)
			print_signature(out, m);
		putc('\n', out);
	}
	fputs(num ? "}" : "\t// methods are not known\n}", out);
}

/* The type literal behind a name. */
static void print_underlying(FILE *out, const struct gosym_type *t, const struct gosym_type *meta)
{
	const char *elem = name_of(gosym_type_elem(t));

	switch (gosym_type_kind(t)) {
	case GOSYM_POINTER:
		fprintf(out, "*%s", elem);
		return;
	case GOSYM_SLICE:
		fprintf(out, "[]%s", elem);
		return;
	case GOSYM_ARRAY:
		fprintf(out, "[%" PRIu64 "]%s", gosym_type_len(t), elem);
		return;
	case GOSYM_MAP:
		fprintf(out, "map[%s]%s", name_of(gosym_type_key(t)), elem);
		return;
	case GOSYM_CHAN:
		fprintf(out, "chan %s", elem);
		return;
	case GOSYM_FUNC:
		fputs("func", out);
		if (gosym_type_has_signature(meta))
			print_signature(out, meta);
		return;
	case GOSYM_INTERFACE:
		print_interface(out, t, meta);
		return;
	default:
		fputs(gosym_kind_name(gosym_type_kind(t)), out);
	}
}

static unsigned column_width(const struct gosym_type *t, bool types)
{
	unsigned width = 0;

	for (size_t i = 0; i < gosym_type_field_count(t); i++) {
		const struct gosym_field *f = gosym_type_field_at(t, i);
		unsigned w = strlen(types ? gosym_type_name(f->type) : f->embedded ? "" : f->name);

		if (w > width && w <= MAX_COLUMN)
			width = w;
	}
	return width;
}

/* pahole's marks: where a cache line ends, if lines begin with the value. */
static void print_line_mark(const struct out *out, uint64_t *line, uint64_t offset)
{
	uint64_t now = offset / CACHE_LINE;

	if (now == *line)
		return;
	fprintf(out->file, "\t%s// --- cache line %" PRIu64 " (%" PRIu64 " bytes)", out_dim(out),
		now, now * CACHE_LINE);
	if (offset % CACHE_LINE)
		fprintf(out->file, " was %" PRIu64 " bytes ago", offset % CACHE_LINE);
	fprintf(out->file, " ---%s\n", out_plain(out));
	*line = now;
}

static void print_gap(const struct out *out, const char *what, uint64_t bytes)
{
	if (bytes)
		fprintf(out->file, "\t%s// %s of %" PRIu64 " byte%s%s\n", out_bold(out), what,
			bytes, bytes == 1 ? "" : "s", out_plain(out));
}

static void print_fields(const struct out *out, const struct gosym_type *t)
{
	int names = column_width(t, false), types = column_width(t, true);
	uint64_t line = 0;

	for (size_t i = 0; i < gosym_type_field_count(t); i++) {
		const struct gosym_field *f = gosym_type_field_at(t, i);
		int used = f->embedded ? (int)strlen(gosym_type_name(f->type)) : 0;

		print_gap(out, "hole", gap_before(t, i));
		print_line_mark(out, &line, f->offset);
		if (f->embedded)
			fprintf(out->file, "\t%-*s",
				used < names + 1 + types ? names + 1 + types : used,
				gosym_type_name(f->type));
		else
			fprintf(out->file, "\t%-*s %-*s", names, f->name, types,
				gosym_type_name(f->type));
		fprintf(out->file, " %s// %5" PRIu64 " %5" PRIu64 "%s\n", out_dim(out), f->offset,
			gosym_type_size(f->type), out_plain(out));
	}
	print_gap(out, "padding", gap_before(t, gosym_type_field_count(t)));
}

static const char *source_name(const struct gosym_type *t)
{
	return gosym_type_source(t) == GOSYM_FROM_TYPES ? "reflection's metadata" : "DWARF";
}

static void print_struct(const struct out *out, const struct gosym_type *t)
{
	struct gaps g = gaps_of(t);
	size_t num = gosym_type_field_count(t);

	fputs("struct {\n", out->file);
	print_fields(out, t);
	fprintf(out->file, "} // size %" PRIu64 ", align %u; %zu field%s of %" PRIu64 " bytes",
		gosym_type_size(t), gosym_type_align(t), num, num == 1 ? "" : "s", g.fields);
	if (g.num_holes)
		fprintf(out->file, "; %zu hole%s of %" PRIu64 " bytes", g.num_holes,
			g.num_holes == 1 ? "" : "s", g.holes);
	if (g.padding)
		fprintf(out->file, "; padding %" PRIu64, g.padding);
	fprintf(out->file, "; from %s\n", source_name(t));
}

/* Unnamed types are spelled by their names. */
static bool is_literal(const char *name)
{
	static const char *const starts[] = {
		"*", "[", "<-", "chan ", "chan<-", "func(", "map[", "struct {", "interface {",
	};

	for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++)
		if (!strncmp(name, starts[i], strlen(starts[i])))
			return true;
	return false;
}

static void print_type(const struct out *out, const struct target *target,
		       const struct gosym_type *t)
{
	const char *name = gosym_type_name(t);
	bool literal = is_literal(name), added;
	const struct gosym_type *meta;

	if (!literal)
		fprintf(out->file, "type %s%s%s ", out_bold(out), name, out_plain(out));
	if (gosym_type_kind(t) == GOSYM_STRUCT) {
		print_struct(out, t);
		return;
	}
	meta = with_methods(target, t);
	if (literal)
		fputs(name, out->file);
	else
		print_underlying(out->file, t, meta);
	added = !literal && meta != t &&
		((gosym_type_kind(t) == GOSYM_INTERFACE && gosym_type_method_count(meta)) ||
		 gosym_type_has_signature(meta));
	fprintf(out->file, " // size %" PRIu64 ", align %u; from %s%s\n", gosym_type_size(t),
		gosym_type_align(t), source_name(t),
		added ? ", its parts from reflection's metadata" : "");
}

/* -------------------------------------------------------------------- JSON */

static void json_uint_of(struct json *j, const char *key, uint64_t v)
{
	json_key(j, key);
	json_uint(j, v);
}

static void json_type_of(struct json *j, const char *key, const struct gosym_type *t)
{
	json_key(j, key);
	json_str(j, t ? gosym_type_name(t) : NULL);
}

static void json_fields(struct json *j, const struct gosym_type *t)
{
	struct gaps g = gaps_of(t);

	json_key(j, "fields");
	json_array(j);
	for (size_t i = 0; i < gosym_type_field_count(t); i++) {
		const struct gosym_field *f = gosym_type_field_at(t, i);

		json_object(j);
		json_key(j, "name");
		json_str(j, f->name);
		json_type_of(j, "type", f->type);
		json_uint_of(j, "offset", f->offset);
		json_uint_of(j, "size", gosym_type_size(f->type));
		json_key(j, "embedded");
		json_bool(j, f->embedded);
		json_object_end(j);
	}
	json_array_end(j);
	json_uint_of(j, "holes", g.holes);
	json_uint_of(j, "padding", g.padding);
}

static void json_signature(struct json *j, const struct gosym_type *t)
{
	json_key(j, "in");
	json_array(j);
	for (size_t i = 0; i < gosym_type_in_count(t); i++)
		json_str(j, name_of(gosym_type_in_at(t, i)));
	json_array_end(j);
	json_key(j, "out");
	json_array(j);
	for (size_t i = 0; i < gosym_type_out_count(t); i++)
		json_str(j, name_of(gosym_type_out_at(t, i)));
	json_array_end(j);
	json_key(j, "variadic");
	json_bool(j, gosym_type_is_variadic(t));
}

static void json_methods(struct json *j, const struct gosym_type *t)
{
	json_key(j, "methods");
	json_array(j);
	for (size_t i = 0; i < gosym_type_method_count(t); i++) {
		json_object(j);
		json_key(j, "name");
		json_str(j, gosym_type_method_name(t, i));
		json_type_of(j, "type", gosym_type_method_type(t, i));
		if (gosym_type_method_entry(t, i)) {
			json_key(j, "entry");
			json_hex(j, gosym_type_method_entry(t, i));
		}
		json_object_end(j);
	}
	json_array_end(j);
}

static void print_json(struct json *j, const struct target *target, const struct gosym_type *t)
{
	const struct gosym_type *meta = with_methods(target, t);
	enum gosym_kind kind = gosym_type_kind(t);

	json_object(j);
	json_key(j, "name");
	json_str(j, gosym_type_name(t));
	json_key(j, "kind");
	json_str(j, gosym_kind_name(kind));
	json_uint_of(j, "size", gosym_type_size(t));
	json_uint_of(j, "align", gosym_type_align(t));
	json_key(j, "source");
	json_str(j, gosym_evidence_name(gosym_type_source(t)));
	if (kind == GOSYM_STRUCT)
		json_fields(j, t);
	if (kind == GOSYM_MAP)
		json_type_of(j, "key", gosym_type_key(t));
	if (kind == GOSYM_MAP || kind == GOSYM_POINTER || kind == GOSYM_SLICE ||
	    kind == GOSYM_ARRAY || kind == GOSYM_CHAN)
		json_type_of(j, "elem", gosym_type_elem(t));
	if (kind == GOSYM_ARRAY)
		json_uint_of(j, "len", gosym_type_len(t));
	if (gosym_type_has_signature(meta))
		json_signature(j, meta);
	if (gosym_type_method_count(meta))
		json_methods(j, meta);
	json_object_end(j);
	json_line(j);
}

/* --------------------------------------------------------------- selecting */

struct types { const struct gosym_type **data; size_t num, cap; };

static bool add_types(struct types *to, const struct gosym_type **some, size_t num)
{
	size_t before = to->num;

	for (size_t i = 0; i < num; i++) {
		const struct gosym_type **slot;
		bool known = false;

		/* Within one pattern each comes once. */
		for (size_t k = 0; k < before && !known; k++)
			known = to->data[k] == some[i];
		slot = known ? NULL : vec_append(to);
		if (!known && !slot)
			return false;
		if (slot)
			*slot = some[i];
	}
	return true;
}

/* What one pattern means. An exact name may also be one that is not listed. */
static int match_one(const struct target *t, const char *pattern, struct types *to)
{
	_cleanup_free_ const struct gosym_type **some = NULL;
	const struct gosym_type *one;
	size_t num = 0;
	struct gosym_error *err = gosym_type_match(t->binary, pattern, &some, &num);

	if (err && gosym_error_code(err) == GOSYM_NOT_FOUND) {
		struct gosym_error *other = gosym_type_find(t->binary, pattern, &one);

		if (!other) {
			gosym_error_destroy(err);
			err = NULL;
			num = 1;
		}
		gosym_error_destroy(other);
	}
	if (err)
		return fail(err);
	if (!add_types(to, some ? some : &one, num)) {
		complain("out of memory");
		return EXIT_FAILED;
	}
	return EXIT_DONE;
}

static int select_types(const struct target *t, const struct options *o, struct types *ret)
{
	struct gosym_error *err;
	int status = EXIT_DONE;

	if (o->num_args > 1) {
		for (unsigned i = 1; !status && i < o->num_args; i++)
			status = match_one(t, o->args[i], ret);
		return status;
	}
	err = gosym_type_match(t->binary, NULL, &ret->data, &ret->num);
	return err ? fail(err) : EXIT_DONE;
}

static void print_list(const struct out *out, const struct types *types)
{
	for (size_t i = 0; i < types->num; i++) {
		const struct gosym_type *t = types->data[i];

		fprintf(out->file, "%8" PRIu64 " %-14s %-5s %s\n", gosym_type_size(t),
			gosym_kind_name(gosym_type_kind(t)),
			gosym_evidence_name(gosym_type_source(t)), gosym_type_name(t));
	}
}

static void types_free(struct types *types)
{
	vec_deinit(types);
}

static int run(const struct options *o)
{
	_cleanup_(target_close) struct target t;
	_cleanup_(types_free) struct types types = { 0 };
	int status = target_open(o->args[0], &t);
	struct out out;

	if (!status)
		status = select_types(&t, o, &types);
	if (status)
		return status;
	if (!out_open(o, &out))
		return EXIT_FAILED;
	if (!o->json && o->num_args == 1)
		print_list(&out, &types);
	for (size_t i = 0; i < types.num; i++) {
		if (o->json)
			print_json(&out.json, &t, types.data[i]);
		else if (o->num_args > 1)
			print_type(&out, &t, types.data[i]);
	}
	return out_close(&out) ? EXIT_DONE : EXIT_FAILED;
}

const struct command cmd_types = {
	.name = "types",
	.synopsis = "[OPTION…] TARGET [TYPE…]",
	.summary = "the types of the program and their layouts",
	.text = text,
	.min_args = 1,
	.max_args = UINT_MAX,
	.run = run,
};
