// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * Reading a record through its plan. A value counts as read only if the fetch that was to bring it
 * says so in its status word, and if its bytes lie inside the record.
 */
#include <errno.h>
#include <string.h>

#include "tracer/event.h"
#include "tracer/plan_dynamic.h"

static const struct plan_fetch *fetch_of(const struct gotrace_event *ev, int32_t fetch)
{
	return (ev->fetches ? ev->fetches : ev->probe->fetches) + fetch;
}

static const uint8_t *record_bytes(const struct gotrace_event *ev, uint64_t off, uint64_t size)
{
	off += ev->base;
	if (off > ev->record->size || size > ev->record->size - off)
		return NULL;
	return (const uint8_t *)ev->record + off;
}

static uint64_t load(const uint8_t *p, unsigned size)
{
	uint64_t v8;
	uint32_t v4;
	uint16_t v2;

	switch (size) {
	case 1:
		return *p;
	case 2:
		memcpy(&v2, p, sizeof(v2));
		return v2;
	case 4:
		memcpy(&v4, p, sizeof(v4));
		return v4;
	default:
		memcpy(&v8, p, sizeof(v8));
		return v8;
	}
}

/* The status of a fetch: 0, PLAN_SKIPPED or a negative errno. Registers cannot fail. */
static int32_t fetch_status(const struct gotrace_event *ev, int32_t fetch)
{
	const struct plan_fetch *f = fetch_of(ev, fetch);
	const uint8_t *p;

	if (f->from == PLAN_REG)
		return 0;
	p = record_bytes(ev, f->status, sizeof(int32_t));
	return p ? (int32_t)load(p, 4) : -ENODATA;
}

/* The same, but of a skipped fetch the status of the one that should have brought its pointer, if
 * that failed. */
static int32_t fetch_reason(const struct gotrace_event *ev, int32_t fetch)
{
	int32_t status = fetch_status(ev, fetch), at = fetch;

	while (status == PLAN_SKIPPED && fetch_of(ev, at)->guard != PLAN_NO_FETCH) {
		at = fetch_of(ev, at)->guard;
		status = fetch_status(ev, at);
	}
	return status ? status : fetch_status(ev, fetch);
}

static size_t min_size(uint64_t a, size_t b)
{
	return a < b ? (size_t)a : b;
}

/* Bytes a fetch brought, if it did. */
static uint64_t fetch_size(const struct gotrace_event *ev, const struct plan_fetch *f)
{
	unsigned word = ev->plan->arch->ptr_size;
	const uint8_t *p;
	uint64_t count;

	if (f->from != PLAN_DEREF_VAR && f->from != PLAN_MAP)
		return f->size;
	p = record_bytes(ev, f->count, word);
	count = p ? load(p, word) : 0;
	return (count < f->max_count ? count : f->max_count) * f->size;
}

const char *event_value_error(const struct gotrace_event *ev, const struct plan_value *v)
{
	int32_t status = v->missing || v->fetch == PLAN_NO_FETCH ? 0 : fetch_reason(ev, v->fetch);
	enum gosym_kind kind = v->type ? gosym_type_kind(v->type) : GOSYM_INVALID_KIND;

	if (v->missing || kind == GOSYM_INVALID_KIND)
		return "unavailable";
	if (status)
		return status == PLAN_SKIPPED ? "unavailable" : "fault";
	if (kind == GOSYM_STRUCT || kind == GOSYM_ARRAY)
		return NULL;		/* may be cut: its parts answer for themselves */
	return record_bytes(ev, v->image, gosym_type_size(v->type)) ? NULL : "unavailable";
}

bool event_target(const struct gotrace_event *ev, const struct plan_value *v, const uint8_t **data,
		  uint64_t *size, const char **why)
{
	const struct plan_fetch *f;
	int32_t status;

	*why = NULL;
	if (v->target == PLAN_NO_FETCH)
		return false;
	f = fetch_of(ev, v->target);
	status = fetch_reason(ev, v->target);
	if (!status) {
		*size = fetch_size(ev, f);
		*data = record_bytes(ev, f->dst, *size);
		if (*data)
			return true;
	}
	if (status != PLAN_SKIPPED)
		*why = "fault";
	return false;
}

uint64_t event_word(const struct gotrace_event *ev, const struct plan_value *v, uint32_t off,
		    unsigned size)
{
	const uint8_t *p = record_bytes(ev, (uint64_t)v->image + off, size);

	return p ? load(p, size) : 0;
}

const uint8_t *event_bytes(const struct gotrace_event *ev, const struct plan_value *v)
{
	return (const uint8_t *)ev->record + ev->base + v->image;
}

uint64_t event_link_addr(const struct gotrace_event *ev, uint64_t addr)
{
	const struct plan_record *r = event_header(ev);
	uint64_t site = r->kind == PLAN_RETURN ? ev->probe->exits[r->exit].addr :
						 ev->probe->site->addr;

	return addr - (r->ip - site);
}

/* A value the plan laid over the pointee's bytes carries that fetch, hence its status. */
bool event_followed(const struct plan_value *v)
{
	/* Without a fetch but with a pointee: that has no size, there is nothing to fetch. */
	return gosym_type_kind(v->type) == GOSYM_POINTER && v->num_kids;
}

bool event_is_raw(const struct plan_value *v)
{
	return *gosym_type_name(v->type) == '?' && gosym_type_kind(v->type) != GOSYM_ARRAY;
}

/* ---- the kinds that renderers share */

int64_t event_int(const struct gotrace_event *ev, const struct plan_value *v)
{
	unsigned size = gosym_type_size(v->type), shift = 64 - 8 * size;

	return (int64_t)(event_word(ev, v, 0, size) << shift) >> shift;
}

double event_float(const struct gotrace_event *ev, const struct plan_value *v, uint32_t off,
		   unsigned size)
{
	uint64_t word = event_word(ev, v, off, size);
	uint32_t half = word;
	double d;
	float f;

	if (size == 4) {
		memcpy(&f, &half, sizeof(f));
		return f;
	}
	memcpy(&d, &word, sizeof(d));
	return d;
}

uint64_t event_ptr(const struct gotrace_event *ev, const struct plan_value *v, unsigned index)
{
	unsigned word = ev->plan->arch->ptr_size;

	return event_word(ev, v, index * word, word);
}

/* Elements of a slice in the record. The kids lie one after the other in what was fetched. */
size_t event_elems(const struct gotrace_event *ev, const struct plan_value *v, const char **why)
{
	const struct gosym_type *elem = gosym_type_elem(v->type);
	uint64_t each = elem ? gosym_type_size(elem) : 0, size;
	uint64_t len = event_ptr(ev, v, 1), num = len;
	const uint8_t *data;

	*why = NULL;
	if (!len)
		return 0;
	if (each) {
		if (!event_target(ev, v, &data, &size, why))
			return 0;
		num = size / each;
	}
	return min_size(num, v->num_kids);
}

enum event_read event_entries(const struct gotrace_event *ev, const struct plan_value *v, size_t *ret)
{
	const struct plan_fetch *f;
	int32_t status;

	*ret = 0;
	if (!v->num_kids)
		return EVENT_NO_ENTRIES;
	f = fetch_of(ev, v->entries);
	status = fetch_reason(ev, v->entries);
	if (status)
		return status == -EBUSY ? EVENT_ENTRIES_BUSY :
		       status == PLAN_SKIPPED ? EVENT_NO_ENTRIES : EVENT_ENTRIES_FAULT;
	*ret = min_size(fetch_size(ev, f) / f->size, v->num_kids / 2);
	return EVENT_ENTRIES;
}

/* A word of what the value points to: the target's, where it was fetched. */
bool event_target_word(const struct gotrace_event *ev, const struct plan_value *v, unsigned index,
		       uint64_t *ret, const char **why)
{
	unsigned word = ev->plan->arch->ptr_size;
	const uint8_t *data;
	uint64_t size;

	if (!event_target(ev, v, &data, &size, why) || size < (index + 1) * word)
		return false;
	*ret = load(data + index * word, word);
	return true;
}

/* An itab the linker made lies in the file and never changes there: what it says holds also where
 * the page is not present (runtime/runtime2.go, type itab: its second word is the type). */
static bool itab_in_file(const struct gotrace_event *ev, uint64_t itab, uint64_t *ret)
{
	return elf_ptr_at(ev->plan->binary->elf,
			  event_link_addr(ev, itab) + ev->plan->arch->ptr_size, ret);
}

const char *event_dynamic_type(const struct gotrace_event *ev, const struct plan_value *v)
{
	uint64_t word = event_ptr(ev, v, 0), type;
	struct gosym_error *err;
	const char *name, *why;

	if (gosym_type_is_empty_interface(v->type))
		type = event_link_addr(ev, word);
	else if (event_target_word(ev, v, 0, &type, &why))
		type = event_link_addr(ev, type);
	else if (!itab_in_file(ev, word, &type))
		return NULL;
	err = gosym_runtime_type_name(ev->plan->binary, type, &name);
	if (!err)
		return name;
	gosym_error_destroy(err);
	return NULL;
}

/* The entry that the program in the kernel made of the interface at a record offset, if it completed it. */
static bool find_entry(const struct gotrace_event *ev, const struct plan_dynamic *d, uint32_t at,
		       struct plan_entry *ret)
{
	const uint8_t *bytes = (const uint8_t *)ev->record + d->at;
	struct plan_walk walk;

	if (d->area_at + d->area > ev->record->size)
		return false;
	memcpy(&walk, bytes, sizeof(walk));
	bytes += sizeof(walk);
	if (walk.next > d->max_entries)
		return false;
	for (uint32_t i = 0; i < walk.next; i++) {
		memcpy(ret, bytes + i * sizeof(*ret), sizeof(*ret));
		if (ret->at == at)
			return !ret->status && (i + 1 < walk.next || !walk.left);
	}
	return false;
}

const struct plan_value *event_held(const struct gotrace_event *ev, const struct plan_value *v,
				    struct gotrace_event *ret)
{
	const struct plan_dynamic *d = ev->dynamic ? ev->dynamic : &ev->probe->dynamic;
	const struct plan_recipe *recipe;
	struct plan_entry entry;

	if (!d->at || !find_entry(ev, d, ev->base + v->image, &entry))
		return NULL;
	recipe = dynamic_recipe(ev->plan, entry.type, (unsigned)entry.depth);
	if (!recipe || entry.base > d->area || recipe->size > d->area - entry.base)
		return NULL;
	*ret = *ev;
	ret->fetches = recipe->fetches;
	ret->dynamic = d;
	ret->base = d->area_at + entry.base;
	return &recipe->value;
}

const char *event_func_name(const struct gotrace_event *ev, const struct plan_value *v,
			    uint64_t *code, const char **why)
{
	const struct gosym_func *f;
	struct gosym_error *err;

	*code = 0;
	if (!event_target_word(ev, v, 0, code, why))
		return NULL;
	*code = event_link_addr(ev, *code);
	err = gosym_func_at_addr(ev->plan->binary, *code, &f);
	if (!err)
		return gosym_func_name(f);
	gosym_error_destroy(err);
	return NULL;
}
