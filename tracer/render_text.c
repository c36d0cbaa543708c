// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * Events as text, one line each, values in the words of Go's debugger Delve:
 *
 *	> goroutine(10) main.f(i=4997, w=io.Writer(*net/http.response) 0xc000073828, err=nil)
 *	< goroutine(10) main.f(n=3, err=nil) 12.3µs		< goroutine(10) main.f panicked: boom 12.3µs
 *	= goroutine(10) main.f(i=4997, …) (n=3, err=nil) 12.3µs		call and return as one
 *
 *	"abc"  "abc"...+93 more			strings, quoted as by strconv.Quote; cut
 *	main.P {X: 1, Y: 2}  [3]int [1,2,3]	structs, arrays
 *	[]int len: 10, cap: 16, [1,2,...+8 more]
 *	*main.P {X: 1, Y: 2}  (*main.P)(0xc000012345)		pointers: followed; not followed
 *	map[string]int ["a": 1, "b": 2, ...+8 more]  map[string]int len: 3, 0xc000012345	maps: read; not read
 *	chan int 0/10, 0xc000012345  main.main.func1
 *	1.5s  2026-01-31T12:00:00Z  192.0.2.1	types of the standard library, as they print themselves (known.c)
 *	[]uint8 len: 5, cap: 8, "hello"		bytes that are text
 *	io.Writer(*net/http.response) 0xc000073828  interface {}(int) 42  error(*main.E) nil	interfaces
 *	<fault>  <unavailable: in register X0>		not readable now; nowhere to be read from
 */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tracer/known.h"
#include "tracer/render.h"
#include "tracer/stack.h"

struct text {
	FILE *out;
	bool color;
	const struct gotrace_event *ev;
	const struct plan_value *told;	/* whose type is known already: behind an interface */
};

enum color { PLAIN, FUNC_COLOR, NAME_COLOR, ERROR_COLOR };

static void set_color(const struct text *t, enum color c)
{
	static const char *const codes[] = { "\033[0m", "\033[1;36m", "\033[2m", "\033[31m" };

	if (t->color)
		fputs(codes[c], t->out);
}

/* A name of the file: it may hold anything, the terminal gets no control characters. */
static void put_name(const struct text *t, const char *name)
{
	for (; *name; name++)
		putc(iscntrl((unsigned char)*name) ? '?' : *name, t->out);
}

static void put_colored(const struct text *t, enum color c, const char *name)
{
	set_color(t, c);
	put_name(t, name);
	set_color(t, PLAIN);
}

static void put_error(const struct text *t, const char *error, const char *reason)
{
	set_color(t, ERROR_COLOR);
	putc('<', t->out);
	fputs(error, t->out);
	if (reason) {
		fputs(": ", t->out);
		put_name(t, reason);
	}
	putc('>', t->out);
	set_color(t, PLAIN);
}

/* ---- strings */

/* The rune at s and its length; 0 where the bytes are not UTF-8 (RFC 3629). */
static size_t decode_rune(const uint8_t *s, size_t left, uint32_t *rune)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t len = *s < 0x80 ? 1 : *s >> 5 == 6 ? 2 : *s >> 4 == 14 ? 3 : *s >> 3 == 30 ? 4 : 0;

	*rune = *s;
	if (len <= 1)
		return len;
	if (len > left)
		return 0;
	*rune &= 0x7f >> len;
	for (size_t i = 1; i < len; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		*rune = *rune << 6 | (s[i] & 0x3f);
	}
	if (*rune < least[len] || *rune > 0x10ffff || (*rune >= 0xd800 && *rune < 0xe000))
		return 0;
	return len;
}

/* Runes above ASCII that change or hide what a terminal shows: controls, joiners, direction marks,
 * private use. */
static bool is_invisible(uint32_t rune)
{
	static const struct { uint32_t first, last; } ranges[] = {
		{ 0x7f, 0xa0 }, { 0xad, 0xad }, { 0x2000, 0x200f }, { 0x2028, 0x202f },
		{ 0x205f, 0x206f }, { 0x3000, 0x3000 }, { 0xe000, 0xf8ff }, { 0xfeff, 0xfeff },
		{ 0xfff0, 0xfffb }, { 0xe0000, 0x10ffff },
	};

	for (size_t i = 0; i < sizeof(ranges) / sizeof(*ranges); i++)
		if (rune >= ranges[i].first && rune <= ranges[i].last)
			return true;
	return false;
}

static void put_rune(FILE *out, const uint8_t *s, size_t len, uint32_t rune)
{
	static const char special[] = "\"\\\a\b\f\n\r\t\v", letters[] = "\"\\abfnrtv";
	const char *p = rune && rune < 0x80 ? strchr(special, (int)rune) : NULL;

	if (p)
		fprintf(out, "\\%c", letters[p - special]);
	else if (!len || rune < ' ' || rune == 0x7f)
		fprintf(out, "\\x%02x", *s);
	else if (is_invisible(rune))
		fprintf(out, rune < 0x10000 ? "\\u%04" PRIx32 : "\\U%08" PRIx32, rune);
	else
		fwrite(s, 1, len, out);
}

static void put_quoted(FILE *out, const uint8_t *s, size_t size)
{
	putc('"', out);
	for (size_t i = 0, len; i < size; i += len ? len : 1) {
		uint32_t rune;

		len = decode_rune(s + i, size - i, &rune);
		put_rune(out, s + i, len, rune);
	}
	putc('"', out);
}

static void put_cut(const struct text *t, const uint8_t *data, uint64_t size, uint64_t len)
{
	put_quoted(t->out, data, size);
	if (size != len)
		fprintf(t->out, "...+%" PRId64 " more", (int64_t)(len - size));
}

static void put_string(const struct text *t, const struct plan_value *v)
{
	uint64_t len = event_ptr(t->ev, v, 1), size = 0;
	const uint8_t *data = NULL;
	const char *why = NULL;

	if (len && !event_target(t->ev, v, &data, &size, &why)) {
		size = 0;
		if (why) {
			put_error(t, why, NULL);
			return;
		}
	}
	put_cut(t, data, size, len);
}

/* ---- numbers */

/* In the fewest digits that read back. */
static void put_float(FILE *out, double v, bool single, const char *plus)
{
	int digits = single ? 6 : 15, most = single ? 9 : 17;
	char buf[40];

	if (isnan(v) || isinf(v)) {
		fprintf(out, "%s", isnan(v) ? (*plus ? "+NaN" : "NaN") : v > 0 ? "+Inf" : "-Inf");
		return;
	}
	for (; digits <= most; digits++) {
		snprintf(buf, sizeof(buf), "%.*g", digits, v);
		if (single ? strtof(buf, NULL) == (float)v : strtod(buf, NULL) == v)
			break;
	}
	fprintf(out, "%s%s", *buf == '-' ? "" : plus, buf);
}

static void put_complex(const struct text *t, const struct plan_value *v, unsigned half)
{
	putc('(', t->out);
	put_float(t->out, event_float(t->ev, v, 0, half), half == 4, "");
	put_float(t->out, event_float(t->ev, v, half, half), half == 4, "+");
	fputs("i)", t->out);
}

/* ---- composites */

static void put_value(const struct text *t, const struct plan_value *v);

static void put_type(const struct text *t, const struct plan_value *v)
{
	if (v == t->told)
		return;
	put_name(t, gosym_type_name(v->type));
	putc(' ', t->out);
}

static void put_struct(const struct text *t, const struct plan_value *v)
{
	put_type(t, v);
	putc('{', t->out);
	for (size_t i = 0; i < v->num_kids; i++) {
		fputs(i ? ", " : "", t->out);
		put_colored(t, NAME_COLOR, v->kids[i].name ? v->kids[i].name : "_");
		fputs(": ", t->out);
		put_value(t, &v->kids[i]);
	}
	putc('}', t->out);
}

static void put_elems(const struct text *t, const struct plan_value *v, size_t num, uint64_t len)
{
	putc('[', t->out);
	for (size_t i = 0; i < num; i++) {
		fputs(i ? "," : "", t->out);
		put_value(t, &v->kids[i]);
	}
	if (num != len)
		fprintf(t->out, "%s...+%" PRId64 " more", num ? "," : "", (int64_t)(len - num));
	putc(']', t->out);
}

static void put_array(const struct text *t, const struct plan_value *v)
{
	put_type(t, v);
	put_elems(t, v, v->num_kids, gosym_type_len(v->type));
}

static void put_slice(const struct text *t, const struct plan_value *v)
{
	uint64_t len = event_ptr(t->ev, v, 1);
	const char *why;
	size_t num = event_elems(t->ev, v, &why);
	const uint8_t *data;
	uint64_t size;

	put_type(t, v);
	fprintf(t->out, "len: %" PRId64 ", cap: %" PRId64 ", ", (int64_t)len,
		(int64_t)event_ptr(t->ev, v, 2));
	if (why)
		put_error(t, why, NULL);
	else if (known_bytes(t->ev, v, &data, &size))
		put_cut(t, data, size, len);
	else
		put_elems(t, v, num, len);
}

/* "(*main.T)(0xc000012345)" */
static void put_address(const struct text *t, const struct plan_value *v)
{
	bool plain = gosym_type_kind(v->type) == GOSYM_UNSAFE_POINTER;

	if (v == t->told) {
		fprintf(t->out, "0x%" PRIx64, event_ptr(t->ev, v, 0));
		return;
	}
	fputs(plain ? "" : "(", t->out);
	put_name(t, gosym_type_name(v->type));
	fprintf(t->out, "%s(0x%" PRIx64 ")", plain ? "" : ")", event_ptr(t->ev, v, 0));
}

static void put_pointer(const struct text *t, const struct plan_value *v)
{
	const char *error = event_followed(v) ? event_value_error(t->ev, &v->kids[0]) : NULL;

	if (event_followed(v) && !error) {
		struct text of_pointee = *t;

		if (v == t->told)
			of_pointee.told = &v->kids[0];
		putc('*', t->out);
		put_value(&of_pointee, &v->kids[0]);
		return;
	}
	put_address(t, v);
	if (error) {
		putc(' ', t->out);
		put_error(t, error, v->kids[0].missing);
	}
}

/* "io.Writer(*bytes.Buffer) *{…}": the type of the value is not told again. */
static void put_held(const struct text *t, const struct plan_value *v)
{
	struct gotrace_event held;
	struct text of_held = *t;

	of_held.told = event_held(t->ev, v, &held);
	of_held.ev = &held;
	if (of_held.told)
		put_value(&of_held, of_held.told);
	else if (!event_ptr(t->ev, v, 1))
		fputs("nil", t->out);	/* a pointer: all other values have an address */
	else
		fprintf(t->out, "0x%" PRIx64, event_ptr(t->ev, v, 1));
}

static void put_interface(const struct text *t, const struct plan_value *v)
{
	const char *name = event_dynamic_type(t->ev, v);

	put_name(t, gosym_type_name(v->type));
	putc('(', t->out);
	if (name)
		put_name(t, name);
	else
		fprintf(t->out, "0x%" PRIx64, event_ptr(t->ev, v, 0));
	fputs(") ", t->out);
	put_held(t, v);
}

static void put_header_word(const struct text *t, const struct plan_value *v, unsigned index)
{
	const char *why;
	uint64_t word;

	if (event_target_word(t->ev, v, index, &word, &why))
		fprintf(t->out, "%" PRId64, (int64_t)word);
	else
		put_error(t, why ? why : "unavailable", NULL);
}

static void put_entries(const struct text *t, const struct plan_value *v, size_t num)
{
	const char *why;
	uint64_t len;

	putc('[', t->out);
	for (size_t i = 0; i < num; i++) {
		fputs(i ? ", " : "", t->out);
		put_value(t, &v->kids[2 * i]);
		fputs(": ", t->out);
		put_value(t, &v->kids[2 * i + 1]);
	}
	if (event_target_word(t->ev, v, 0, &len, &why) && len != num)
		fprintf(t->out, "%s...+%" PRId64 " more", num ? ", " : "", (int64_t)(len - num));
	putc(']', t->out);
}

static void put_map(const struct text *t, const struct plan_value *v)
{
	size_t num;
	enum event_read state = event_entries(t->ev, v, &num);

	put_type(t, v);
	if (state == EVENT_ENTRIES) {
		put_entries(t, v, num);
		return;
	}
	fputs("len: ", t->out);
	put_header_word(t, v, 0);
	fprintf(t->out, ", 0x%" PRIx64, event_ptr(t->ev, v, 0));
	if (state != EVENT_NO_ENTRIES) {
		putc(' ', t->out);
		put_error(t, state == EVENT_ENTRIES_FAULT ? "fault" : "being written", NULL);
	}
}

static void put_chan(const struct text *t, const struct plan_value *v)
{
	put_type(t, v);
	put_header_word(t, v, 0);
	putc('/', t->out);
	put_header_word(t, v, 1);
	fprintf(t->out, ", 0x%" PRIx64, event_ptr(t->ev, v, 0));
}

static void put_func(const struct text *t, const struct plan_value *v)
{
	const char *why, *name;
	uint64_t code;

	name = event_func_name(t->ev, v, &code, &why);
	if (name)
		put_name(t, name);
	else
		put_address(t, v);
}

/* Kinds whose first word tells nil. */
static void put_reference(const struct text *t, const struct plan_value *v)
{
	static void (*const put[])(const struct text *t, const struct plan_value *v) = {
		[GOSYM_SLICE] = put_slice,
		[GOSYM_POINTER] = put_pointer,
		[GOSYM_UNSAFE_POINTER] = put_address,
		[GOSYM_INTERFACE] = put_interface,
		[GOSYM_MAP] = put_map,
		[GOSYM_CHAN] = put_chan,
		[GOSYM_FUNC] = put_func,
	};

	if (event_ptr(t->ev, v, 0))
		put[gosym_type_kind(v->type)](t, v);
	else
		fputs("nil", t->out);
}

static void put_scalar(const struct text *t, const struct plan_value *v)
{
	unsigned size = gosym_type_size(v->type);

	switch (gosym_type_kind(v->type)) {
	case GOSYM_BOOL:
		fputs(event_word(t->ev, v, 0, 1) ? "true" : "false", t->out);
		break;
	case GOSYM_FLOAT32: case GOSYM_FLOAT64:
		put_float(t->out, event_float(t->ev, v, 0, size), size == 4, "");
		break;
	case GOSYM_COMPLEX64: case GOSYM_COMPLEX128:
		put_complex(t, v, size / 2);
		break;
	case GOSYM_INT: case GOSYM_INT8: case GOSYM_INT16: case GOSYM_INT32: case GOSYM_INT64:
		fprintf(t->out, "%" PRId64, event_int(t->ev, v));
		break;
	default:
		fprintf(t->out, event_is_raw(v) ? "0x%" PRIx64 : "%" PRIu64,
			event_word(t->ev, v, 0, size));
	}
}

static void put_value(const struct text *t, const struct plan_value *v)
{
	const char *error = event_value_error(t->ev, v);
	char known[KNOWN_TEXT];

	if (error) {
		put_error(t, error, v->missing);
		return;
	}
	if (known_text(t->ev, v, known)) {
		fputs(known, t->out);
		return;
	}
	switch (gosym_type_kind(v->type)) {
	case GOSYM_STRING:
		put_string(t, v);
		break;
	case GOSYM_STRUCT:
		put_struct(t, v);
		break;
	case GOSYM_ARRAY:
		put_array(t, v);
		break;
	case GOSYM_SLICE: case GOSYM_POINTER: case GOSYM_UNSAFE_POINTER: case GOSYM_INTERFACE:
	case GOSYM_MAP: case GOSYM_CHAN: case GOSYM_FUNC:
		put_reference(t, v);
		break;
	default:
		put_scalar(t, v);
	}
}

/* ---- events */

/* A guess: what is shown is the word, this only what it seems to lead to. */
static void put_hint(const struct text *t, const struct plan_value *v)
{
	uint64_t size, len;
	const uint8_t *text;

	if (!event_hint(t->ev, v, &text, &size, &len))
		return;
	fputs(" (text? ", t->out);
	put_cut(t, text, size, len);
	putc(')', t->out);
}

static void put_values(const struct text *t, const struct plan_value *values, size_t num)
{
	putc('(', t->out);
	for (size_t i = 0; i < num; i++) {
		const struct plan_value *v = &values[i];

		fputs(i ? ", " : "", t->out);
		if (v->name) {
			put_colored(t, NAME_COLOR, v->name);
			putc('=', t->out);
		}
		put_value(t, v);
		put_hint(t, v);
	}
	putc(')', t->out);
}

void render_duration(FILE *out, uint64_t ns)
{
	static const struct { uint64_t ns; const char *name; } units[] = {
		{ 1000000000, "s" }, { 1000000, "ms" }, { 1000, "µs" },
	};
	size_t i = 0;
	double v;

	while (i < 3 && ns < units[i].ns)
		i++;
	if (i == 3) {
		fprintf(out, "%" PRIu64 "ns", ns);
		return;
	}
	v = (double)ns / (double)units[i].ns;
	fprintf(out, "%.*f%s", v < 10 ? 2 : v < 100 ? 1 : 0, v, units[i].name);
}

/* The text without quotes, as a traceback shows it. */
static void put_panic_text(const struct text *t, const struct event_panic *panic)
{
	for (size_t i = 0, len; i < panic->size; i += len ? len : 1) {
		uint32_t rune;

		len = decode_rune(panic->text + i, panic->size - i, &rune);
		if (rune == '"' || rune == '\\')
			putc((int)rune, t->out);
		else
			put_rune(t->out, panic->text + i, len, rune);
	}
	if (panic->size != panic->len)
		fprintf(t->out, "...+%" PRIu64 " more", panic->len - panic->size);
}

static void put_panic(const struct text *t, const struct event_panic *panic)
{
	fputs(" panicked", t->out);
	if (!panic)
		return;
	fputs(": ", t->out);
	switch (panic->kind) {
	case PANIC_NIL:
		fputs("nil", t->out);
		break;
	case PANIC_TEXT:
		put_panic_text(t, panic);
		break;
	case PANIC_INT:
		fprintf(t->out, "%" PRId64, (int64_t)panic->word);
		break;
	case PANIC_UINT:
		fprintf(t->out, "%" PRIu64, panic->word);
		break;
	case PANIC_BOOL:
		fputs(panic->word ? "true" : "false", t->out);
		break;
	case PANIC_WORD:
		put_name(t, panic->type ? panic->type : "?");
		fprintf(t->out, " 0x%" PRIx64, panic->word);
		break;
	case PANIC_FAULT:
		put_error(t, "fault", NULL);
		break;
	case PANIC_SEVERAL:
		put_error(t, "one of several panics", NULL);
		break;
	}
}

static void put_end(const struct text *t)
{
	struct gotrace_event results = event_of_results(t->ev);
	struct text of_results = *t;

	of_results.ev = &results;
	switch (t->ev->ended) {
	case EVENT_RETURNED:
		if (t->ev->is_pair && !t->ev->probe->num_results)
			break;
		fputs(t->ev->is_pair ? " " : "", t->out);
		put_values(&of_results, t->ev->probe->results, t->ev->probe->num_results);
		break;
	case EVENT_PANIC:
		put_panic(t, t->ev->panic);
		break;
	case EVENT_GOEXIT:
		fputs(" goexit", t->out);
		break;
	case EVENT_JUMP:
		fputs(" jumped to ", t->out);
		put_name(t, t->ev->jumped_to);
		break;
	}
}

/* Of an inlined call, into what. */
static void put_copy(const struct text *t)
{
	if (!t->ev->probe->copy)
		return;
	fputs(" [inlined in ", t->out);
	put_name(t, t->ev->probe->copy->caller ? t->ev->probe->copy->caller : "?");
	putc(']', t->out);
}

void render_call_text(const struct gotrace_event *ev, bool color, FILE *out)
{
	const struct text t = { .out = out, .color = color, .ev = ev };

	put_colored(&t, FUNC_COLOR, gosym_func_name(ev->probe->func));
	put_values(&t, ev->probe->args, ev->probe->num_args);
	put_copy(&t);
}

void render_end_text(const struct gotrace_event *ev, bool color, FILE *out)
{
	const struct text t = { .out = out, .color = color, .ev = ev };

	if (ev->ended != EVENT_RETURNED || ev->probe->num_results)
		put_end(&t);
}

GOSYM_API struct gosym_error *gotrace_event_text(const struct gotrace_event *ev, bool color,
						 FILE *out)
{
	const struct plan_record *header = event_header(ev);
	struct text t = { .out = out, .color = color, .ev = ev };
	struct gosym_error *err = NULL;

	fputs(ev->is_pair ? "= " : ev->is_return ? "< " : "> ", out);
	if (header->goid_status)
		fputs("goroutine(?) ", out);
	else
		fprintf(out, "goroutine(%" PRIu64 ") ", header->goid);
	put_colored(&t, FUNC_COLOR, gosym_func_name(ev->probe->func));
	if (!ev->is_return || ev->is_pair)
		put_values(&t, ev->probe->args, ev->probe->num_args);
	put_copy(&t);
	if (ev->is_return) {
		put_end(&t);
		putc(' ', out);
		render_duration(out, ev->duration);
	}
	putc('\n', out);
	if (ev->record)
		err = stack_text(ev, color, out);
	if (err)
		return err;
	return ferror(out) ? gosym_error_errno(errno, "writing an event") : NULL;
}
