// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * Events as JSON, one object a line. Nothing is rounded and nothing is left out in silence: what
 * was cut carries its true length, what was not read says {"error":"fault"} or
 * {"error":"unavailable"}.
 *
 *	{"type":"call","ts":1234567890123,"pid":1,"tid":2,"goid":10,"func":"main.f",
 *	 "args":[{"name":"s","type":"string","value":{"string":"prefix","len":100}}]}
 *	{"type":"return",…,"results":[…],"duration_ns":1234}
 *	{"type":"return",…,"ended":"panic","panic":{"type":"string","value":"boom"},"duration_ns":1234}
 */
#include <errno.h>
#include <string.h>

#include "gosym/json.h"
#include "tracer/render.h"
#include "tracer/stack.h"

static void put_value(struct json *j, const struct gotrace_event *ev, const struct plan_value *v);

static void put_error(struct json *j, const char *error)
{
	json_object(j);
	json_key(j, "error");
	json_str(j, error);
	json_object_end(j);
}

static void put_hex_key(struct json *j, const char *key, uint64_t v)
{
	json_key(j, key);
	json_hex(j, v);
}

/* Of a slice or string the length is an int: signed. */
static void put_len(struct json *j, const char *key, uint64_t len)
{
	json_key(j, key);
	json_int(j, (int64_t)len);
}

static void put_kids(struct json *j, const struct gotrace_event *ev, const struct plan_value *v,
		     size_t num)
{
	json_array(j);
	for (size_t i = 0; i < num; i++)
		put_value(j, ev, &v->kids[i]);
	json_array_end(j);
}

static void put_complex(struct json *j, const struct gotrace_event *ev, const struct plan_value *v,
			unsigned half)
{
	json_object(j);
	json_key(j, "re");
	json_float(j, event_float(ev, v, 0, half), half == 4);
	json_key(j, "im");
	json_float(j, event_float(ev, v, half, half), half == 4);
	json_object_end(j);
}

static void put_string(struct json *j, const struct gotrace_event *ev, const struct plan_value *v)
{
	uint64_t len = event_ptr(ev, v, 1), size = 0;
	const uint8_t *data = NULL;
	const char *why = NULL;

	if (len && !event_target(ev, v, &data, &size, &why) && why) {
		put_error(j, why);
	} else if (data ? size == len : !len) {
		json_strn(j, data, size);
	} else {
		json_object(j);
		json_key(j, "string");
		json_strn(j, data, data ? size : 0);
		put_len(j, "len", len);
		json_object_end(j);
	}
}

static void put_struct(struct json *j, const struct gotrace_event *ev, const struct plan_value *v)
{
	json_object(j);
	for (size_t i = 0; i < v->num_kids; i++) {
		json_key(j, v->kids[i].name ? v->kids[i].name : "_");
		put_value(j, ev, &v->kids[i]);
	}
	json_object_end(j);
}

static void put_array(struct json *j, const struct gotrace_event *ev, const struct plan_value *v)
{
	uint64_t len = gosym_type_len(v->type);

	if (v->num_kids == len) {
		put_kids(j, ev, v, v->num_kids);
		return;
	}
	json_object(j);
	put_len(j, "len", len);
	json_key(j, "elems");
	put_kids(j, ev, v, v->num_kids);
	json_object_end(j);
}

static void put_slice(struct json *j, const struct gotrace_event *ev, const struct plan_value *v)
{
	const char *why;
	size_t num;

	if (!event_ptr(ev, v, 0)) {
		json_null(j);
		return;
	}
	num = event_elems(ev, v, &why);
	json_object(j);
	put_len(j, "len", event_ptr(ev, v, 1));
	put_len(j, "cap", event_ptr(ev, v, 2));
	json_key(j, "elems");
	if (why)
		put_error(j, why);
	else
		put_kids(j, ev, v, num);
	json_object_end(j);
}

static void put_pointer(struct json *j, const struct gotrace_event *ev, const struct plan_value *v)
{
	if (!event_ptr(ev, v, 0)) {
		json_null(j);
		return;
	}
	if (!event_followed(v)) {
		json_hex(j, event_ptr(ev, v, 0));
		return;
	}
	json_object(j);
	put_hex_key(j, "ptr", event_ptr(ev, v, 0));
	json_key(j, "value");
	put_value(j, ev, &v->kids[0]);
	json_object_end(j);
}

static void put_interface(struct json *j, const struct gotrace_event *ev,
			  const struct plan_value *v)
{
	const struct plan_value *value;
	struct gotrace_event held;
	const char *name;

	if (!event_ptr(ev, v, 0)) {
		json_null(j);
		return;
	}
	name = event_dynamic_type(ev, v);
	value = event_held(ev, v, &held);
	json_object(j);
	json_key(j, "type");
	if (name)
		json_str(j, name);
	else
		json_hex(j, event_ptr(ev, v, 0));
	json_key(j, "value");
	if (value)
		put_value(j, &held, value);
	else
		json_hex(j, event_ptr(ev, v, 1));
	json_object_end(j);
}

/* A word of a map's or channel's header. */
static void put_header_word(struct json *j, const struct gotrace_event *ev,
			    const struct plan_value *v, const char *key, unsigned index)
{
	const char *why;
	uint64_t word;

	json_key(j, key);
	if (event_target_word(ev, v, index, &word, &why))
		json_int(j, (int64_t)word);
	else
		put_error(j, why ? why : "unavailable");
}

/* Entries of a map that was being written at that moment cannot be told. */
static void put_entries(struct json *j, const struct gotrace_event *ev, const struct plan_value *v)
{
	size_t num;
	enum event_read state = event_entries(ev, v, &num);

	if (state == EVENT_NO_ENTRIES)
		return;
	json_key(j, "entries");
	if (state != EVENT_ENTRIES) {
		put_error(j, state == EVENT_ENTRIES_FAULT ? "fault" : "unavailable");
		return;
	}
	json_array(j);
	for (size_t i = 0; i < num; i++) {
		json_array(j);
		put_value(j, ev, &v->kids[2 * i]);
		put_value(j, ev, &v->kids[2 * i + 1]);
		json_array_end(j);
	}
	json_array_end(j);
}

/* Maps, channels, functions: pointers to something of the runtime. */
static void put_reference(struct json *j, const struct gotrace_event *ev,
			  const struct plan_value *v)
{
	uint64_t ptr = event_ptr(ev, v, 0), code;
	const char *why = NULL, *name;

	if (!ptr) {
		json_null(j);
		return;
	}
	json_object(j);
	switch (gosym_type_kind(v->type)) {
	case GOSYM_MAP:
		put_header_word(j, ev, v, "len", 0);
		put_hex_key(j, "ptr", ptr);
		put_entries(j, ev, v);
		break;
	case GOSYM_CHAN:
		put_hex_key(j, "ptr", ptr);
		put_header_word(j, ev, v, "len", 0);
		put_header_word(j, ev, v, "cap", 1);
		break;
	default:
		put_hex_key(j, "ptr", ptr);
		name = event_func_name(ev, v, &code, &why);
		json_key(j, "func");
		if (name)
			json_str(j, name);
		else if (code)
			json_hex(j, code);
		else
			put_error(j, why ? why : "unavailable");
	}
	json_object_end(j);
}

static void put_value(struct json *j, const struct gotrace_event *ev, const struct plan_value *v)
{
	const char *error = event_value_error(ev, v);
	unsigned size = error ? 0 : gosym_type_size(v->type);

	if (error) {
		put_error(j, error);
		return;
	}
	if (event_is_raw(v)) {
		json_hex(j, event_word(ev, v, 0, size));
		return;
	}
	switch (gosym_type_kind(v->type)) {
	case GOSYM_BOOL:
		json_bool(j, event_word(ev, v, 0, 1));
		break;
	case GOSYM_INT: case GOSYM_INT8: case GOSYM_INT16: case GOSYM_INT32: case GOSYM_INT64:
		json_int(j, event_int(ev, v));
		break;
	case GOSYM_UINT: case GOSYM_UINT8: case GOSYM_UINT16: case GOSYM_UINT32: case GOSYM_UINT64:
	case GOSYM_UINTPTR:
		json_uint(j, event_word(ev, v, 0, size));
		break;
	case GOSYM_FLOAT32: case GOSYM_FLOAT64:
		json_float(j, event_float(ev, v, 0, size), size == 4);
		break;
	case GOSYM_COMPLEX64: case GOSYM_COMPLEX128:
		put_complex(j, ev, v, size / 2);
		break;
	case GOSYM_STRING:
		put_string(j, ev, v);
		break;
	case GOSYM_STRUCT:
		put_struct(j, ev, v);
		break;
	case GOSYM_ARRAY:
		put_array(j, ev, v);
		break;
	case GOSYM_SLICE:
		put_slice(j, ev, v);
		break;
	case GOSYM_POINTER: case GOSYM_UNSAFE_POINTER:
		put_pointer(j, ev, v);
		break;
	case GOSYM_INTERFACE:
		put_interface(j, ev, v);
		break;
	case GOSYM_MAP: case GOSYM_CHAN: case GOSYM_FUNC:
		put_reference(j, ev, v);
		break;
	case GOSYM_INVALID_KIND:
		put_error(j, "unavailable");
		break;
	}
}

/* A guess, and never part of the value. */
static void put_hint(struct json *j, const struct gotrace_event *ev, const struct plan_value *v)
{
	uint64_t size, len;
	const uint8_t *text;

	if (!event_hint(ev, v, &text, &size, &len))
		return;
	json_key(j, "hint");
	if (size == len) {
		json_strn(j, text, size);
		return;
	}
	json_object(j);
	json_key(j, "string");
	json_strn(j, text, size);
	put_len(j, "len", len);
	json_object_end(j);
}

static void put_arg(struct json *j, const struct gotrace_event *ev, const struct plan_value *v)
{
	json_object(j);
	json_key(j, "name");
	json_str(j, v->name ? v->name : "");
	json_key(j, "type");
	json_str(j, v->type ? gosym_type_name(v->type) : "?");
	json_key(j, "value");
	put_value(j, ev, v);
	put_hint(j, ev, v);
	json_object_end(j);
}

static void put_values(struct json *j, const char *key, const struct gotrace_event *ev,
		       const struct plan_value *values, size_t num)
{
	json_key(j, key);
	json_array(j);
	for (size_t i = 0; i < num; i++)
		put_arg(j, ev, &values[i]);
	json_array_end(j);
}

static void put_header(struct json *j, const struct gotrace_event *ev)
{
	const struct plan_record *header = event_header(ev);

	json_key(j, "type");
	json_str(j, ev->is_return ? "return" : "call");
	json_key(j, "ts");
	json_uint(j, header->ts);
	json_key(j, "pid");
	json_uint(j, header->pid);
	json_key(j, "tid");
	json_uint(j, header->tid);
	json_key(j, "goid");
	if (header->goid_status)
		json_null(j);
	else
		json_uint(j, header->goid);
	json_key(j, "func");
	json_str(j, gosym_func_name(ev->probe->func));
	if (ev->probe->copy) {
		json_key(j, "inlined");
		json_bool(j, true);
		json_key(j, "caller");
		json_str(j, ev->probe->copy->caller);
	}
}

static void put_panic_value(struct json *j, const struct event_panic *panic)
{
	switch (panic->kind) {
	case PANIC_NIL:
		json_null(j);
		break;
	case PANIC_TEXT:
		if (panic->size == panic->len) {
			json_strn(j, panic->text, panic->size);
			break;
		}
		json_object(j);
		json_key(j, "string");
		json_strn(j, panic->text, panic->size);
		put_len(j, "len", panic->len);
		json_object_end(j);
		break;
	case PANIC_INT:
		json_int(j, (int64_t)panic->word);
		break;
	case PANIC_UINT:
		json_uint(j, panic->word);
		break;
	case PANIC_BOOL:
		json_bool(j, panic->word);
		break;
	case PANIC_WORD:
		json_hex(j, panic->word);
		break;
	case PANIC_FAULT:
		put_error(j, "fault");
		break;
	case PANIC_SEVERAL:
		put_error(j, "one of several panics");
		break;
	}
}

/* Which panic it was is not known if that began before tracing did. */
static void put_panic(struct json *j, const struct event_panic *panic)
{
	json_key(j, "panic");
	if (!panic) {
		json_null(j);
		return;
	}
	json_object(j);
	json_key(j, "type");
	if (panic->type)
		json_str(j, panic->type);
	else
		json_null(j);
	json_key(j, "value");
	put_panic_value(j, panic);
	json_object_end(j);
}

/* How a call ended that did not return. */
static void put_ended(struct json *j, const struct gotrace_event *ev)
{
	static const char *const ends[] = {
		[EVENT_PANIC] = "panic", [EVENT_GOEXIT] = "goexit", [EVENT_JUMP] = "jump",
	};

	json_key(j, "ended");
	json_str(j, ends[ev->ended]);
	if (ev->ended == EVENT_PANIC)
		put_panic(j, ev->panic);
	if (ev->ended == EVENT_JUMP) {
		json_key(j, "to");
		json_str(j, ev->jumped_to);
	}
}

static void put_return(struct json *j, const struct gotrace_event *ev)
{
	struct gotrace_event results = event_of_results(ev);

	if (ev->ended == EVENT_RETURNED)
		put_values(j, "results", &results, ev->probe->results, ev->probe->num_results);
	else
		put_ended(j, ev);
	json_key(j, "duration_ns");
	json_uint(j, ev->duration);
}

static void put_members(struct json *j, const struct gotrace_event *ev, const struct plan_value *v,
			size_t num, const char *unnamed)
{
	for (size_t i = 0; i < num; i++) {
		const char *name = v[i].name;
		char number[32];

		snprintf(number, sizeof(number), "%s%zu", unnamed, i);
		json_key(j, name && *name && strcmp(name, "_") != 0 ? name : number);
		put_value(j, ev, &v[i]);
	}
}

void render_args_json(struct json *j, const struct gotrace_event *ev)
{
	put_members(j, ev, ev->probe->args, ev->probe->num_args, "arg");
}

void render_end_json(struct json *j, const struct gotrace_event *ev)
{
	struct gotrace_event results = event_of_results(ev);

	if (ev->ended == EVENT_RETURNED)
		put_members(j, &results, ev->probe->results, ev->probe->num_results, "ret");
	else
		put_ended(j, ev);
}

GOSYM_API struct gosym_error *gotrace_event_json(const struct gotrace_event *ev, FILE *out)
{
	struct json j = { .out = out };
	struct gosym_error *err = NULL;

	json_object(&j);
	put_header(&j, ev);
	if (!ev->is_return || ev->is_pair)
		put_values(&j, "args", ev, ev->probe->args, ev->probe->num_args);
	if (ev->is_return)
		put_return(&j, ev);
	if (ev->record)
		err = stack_json(ev, &j);
	if (err)
		return err;
	json_object_end(&j);
	json_line(&j);
	return ferror(out) ? gosym_error_errno(errno, "writing an event") : NULL;
}
