// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * Aggregates read back. Programs only ever add to an element and none is removed, so the map can be
 * walked while they run; what is read then is some moment's truth, field by field. After the
 * probes are gone it is exact.
 *
 * A quantile is looked for in the slot that holds its rank, as if the values of a slot lay in it
 * evenly: so it is never further from the truth than the slot is wide, and it stays between the
 * smallest and the largest value, which are known exactly.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "gosym/cleanup.h"
#include "tracer/aggregate.h"

enum {
	MAX_KEYS = 16384,		/* where a key is asked for; else one per function */
	MIN_KEYS = 1024,
	MAX_BYTES = 256 * 1024 * 1024,	/* of the kernel's memory, which it takes at once */
};

#define SIGN (UINT64_C(1) << 63)

/* Those of the plan are those of the public header. */
_Static_assert((int)PLAN_KEY_PTR == (int)GOTRACE_KEY_PTR &&
	       (int)PLAN_KEY_CALLER == (int)GOTRACE_KEY_CALLER &&
	       (int)PLAN_HIST_SLOTS == (int)GOTRACE_SLOTS, "gotrace.h and plan.h differ");

void aggregate_init(struct aggregate *a, const struct gosym_plan *p)
{
	*a = (struct aggregate){ .plan = p, .fd = -1, .zero_fd = -1 };
}

void aggregate_deinit(struct aggregate *a)
{
	if (a->fd >= 0)
		close(a->fd);
	if (a->zero_fd >= 0)
		close(a->zero_fd);
	vec_deinit(&a->rows);
	arena_deinit(&a->names);
}

/* ---- maps */

/* The same name may be a string here and a number there: the longest key serves all. */
static uint32_t key_size(const struct gosym_plan *p)
{
	uint32_t size = 0;

	for (size_t i = 0; i < p->probes.num; i++) {
		uint32_t own = bpf_agg_key_size(p->probes.data[i].agg.by_kind);

		size = own > size ? own : size;
	}
	return size;
}

static uint32_t max_entries(const struct aggregate *a, int cpus)
{
	size_t want = a->plan->opts.by ? MAX_KEYS : a->plan->probes.num;
	size_t room = MAX_BYTES / (a->value_size * cpus);

	if (room < MIN_KEYS)
		room = MIN_KEYS;
	return want < room ? want : room;
}

static struct gosym_error *create_map(enum bpf_map_type type, const char *name, uint32_t key,
				      uint32_t value, uint32_t entries, int *ret)
{
	*ret = bpf_map_create(type, name, key, value, entries, NULL);
	if (*ret >= 0)
		return NULL;
	return gosym_error_errno(errno, "creating the map %s of %" PRIu32 " entries", name,
				 entries);
}

struct gosym_error *aggregate_create(struct aggregate *a)
{
	int cpus = libbpf_num_possible_cpus();
	struct gosym_error *err;

	if (cpus < 0)
		return gosym_error_errno(-cpus, "asking for the number of processors");
	a->key_size = key_size(a->plan);
	a->value_size = a->plan->opts.hist ? sizeof(struct plan_agg) : sizeof(uint64_t);
	err = create_map(BPF_MAP_TYPE_PERCPU_HASH, "gosym_agg", a->key_size, a->value_size,
			 max_entries(a, cpus), &a->fd);
	if (!err)
		err = create_map(BPF_MAP_TYPE_ARRAY, "gosym_zero", sizeof(uint32_t),
				 a->value_size, 1, &a->zero_fd);
	return err;
}

/* ---- sums and quantiles */

void agg_add(struct agg_sum *sum, const struct plan_agg *cpu, bool is_signed)
{
	__int128 high = is_signed ? (__int128)cpu->sum_high : (__int128)(uint64_t)cpu->sum_high;

	if (!sum->agg.count)
		sum->has_sum = true;
	/* 2^32 values whose halves are full are as many as the halves can hold. */
	if (cpu->count >> 32)
		sum->has_sum = false;
	sum->agg.count += cpu->count;
	sum->agg.negative += cpu->negative;
	sum->sum += high * ((__int128)1 << 32) + cpu->sum_low;
	if (cpu->max > sum->agg.max)
		sum->agg.max = cpu->max;
	if (cpu->max_complement > sum->agg.max_complement)
		sum->agg.max_complement = cpu->max_complement;
	for (size_t i = 0; i < PLAN_HIST_SLOTS; i++)
		sum->agg.slots[i] += cpu->slots[i];
}

static double as_number(uint64_t bits, bool is_signed)
{
	return is_signed ? (double)(int64_t)bits : (double)bits;
}

/* The value below which the part q of all lies; NaN among negative ones, which have no slots. */
static double quantile(const struct gotrace_row *row, double q)
{
	double rank = q * row->count, min = as_number(row->min, row->is_signed),
	       max = as_number(row->max, row->is_signed), below = row->negative;

	if (row->negative && rank <= below)
		return NAN;
	for (unsigned i = 0; i < PLAN_HIST_SLOTS; i++) {
		double from = i ? ldexp(1, i - 1) : 0, to = 2 * from;

		if (!row->slots[i] || below + row->slots[i] < rank) {
			below += row->slots[i];
			continue;
		}
		from = from < min ? min : from;
		to = to > max ? max : to;
		return from + (to - from) * (rank - below) / row->slots[i];
	}
	return max;
}

void agg_statistics(const struct agg_sum *sum, struct gotrace_row *row)
{
	const struct plan_agg *agg = &sum->agg;
	uint64_t flip = row->is_signed ? SIGN : 0;

	row->count = agg->count;
	row->negative = agg->negative;
	memcpy(row->slots, agg->slots, sizeof(row->slots));
	row->max = agg->max ^ flip;
	row->min = ~agg->max_complement ^ flip;
	row->sum = sum->sum;
	row->has_sum = sum->has_sum && (row->is_signed ? sum->sum == (int64_t)sum->sum
						       : sum->sum == (__int128)(uint64_t)sum->sum);
	row->mean = sum->has_sum && row->count ? (double)sum->sum / row->count : NAN;
	row->p50 = quantile(row, 0.5);
	row->p90 = quantile(row, 0.9);
	row->p99 = quantile(row, 0.99);
}

/* ---- keys */

static const char *keep(struct aggregate *a, const char *text)
{
	return arena_strdup(&a->names, text);
}

static const char *hex_name(struct aggregate *a, uint64_t addr)
{
	return arena_printf(&a->names, "0x%" PRIx64, addr);
}

static const char *type_name(struct aggregate *a, uint64_t addr)
{
	const char *name;
	struct gosym_error *err;

	if (!addr)
		return keep(a, "nil");
	err = gosym_runtime_type_name(a->plan->binary, addr, &name);
	if (!err)
		return name;
	gosym_error_destroy(err);
	return hex_name(a, addr);
}

/* The innermost function at the call, also where it was inlined. */
static const char *caller_name(struct aggregate *a, uint64_t addr)
{
	struct gosym_frame frame;
	size_t num = 0;
	struct gosym_error *err = gosym_symbolize(a->plan->binary, addr - 1, &frame, 1, &num);

	if (!err && num && frame.func)
		return keep(a, frame.func);
	gosym_error_destroy(err);
	return hex_name(a, addr);
}

static struct gosym_error *set_key(struct aggregate *a, const struct plan_probe *probe,
				   const struct plan_agg_key *key, struct gotrace_row *row)
{
	char *text;

	row->key = (enum gotrace_key)probe->agg.by_kind;
	memcpy(&row->number, key->bytes, sizeof(row->number));
	row->text_len = key->len;
	switch (row->key) {
	case GOTRACE_KEY_STRING:
		row->text_kept = key->len < PLAN_KEY_BYTES ? key->len : PLAN_KEY_BYTES;
		text = arena_alloc(&a->names, row->text_kept + 1);
		if (text) {
			memcpy(text, key->bytes, row->text_kept);
			text[row->text_kept] = '\0';
		}
		row->text = text;
		break;
	case GOTRACE_KEY_TYPE:
		row->text = type_name(a, row->number ? row->number + probe->site->addr : 0);
		break;
	case GOTRACE_KEY_CALLER:
		row->text = caller_name(a, row->number + probe->site->addr);
		break;
	default:
		return NULL;
	}
	return row->text ? NULL : gosym_nomem;
}

/* Many return addresses are one caller; a type may have more than one descriptor. */
static bool has_name(const struct gotrace_row *row)
{
	return row->key == GOTRACE_KEY_TYPE || row->key == GOTRACE_KEY_CALLER;
}

static bool same_name(const struct gotrace_row *a, const struct gotrace_row *b)
{
	return a->func == b->func && a->key == b->key && !strcmp(a->text, b->text);
}

/* ---- reading */

/* A row and its sum while elements are still being added to it. */
struct pending {
	struct gotrace_row row;
	struct agg_sum sum;
};
struct pendings {
	VEC(struct pending) all;
};

static void pendings_deinit(struct pendings *p)
{
	vec_deinit(&p->all);
}

static struct pending *find_pending(struct pendings *p, const struct gotrace_row *row)
{
	struct pending *slot;

	for (size_t i = 0; i < p->all.num && has_name(row); i++)
		if (same_name(&p->all.data[i].row, row))
			return &p->all.data[i];
	slot = vec_append(&p->all);
	if (slot)
		*slot = (struct pending){ .row = *row };
	return slot;
}

static struct gosym_error *add_element(struct aggregate *a, struct pendings *pendings,
				       const struct plan_agg_key *key, const uint8_t *values,
				       int cpus)
{
	const struct plan_probe *probe = plan_probe_at(a->plan, key->probe);
	size_t stride = (a->value_size + 7) / 8 * 8;
	struct gotrace_row row = { .text = NULL };
	struct pending *to;
	struct gosym_error *err;

	if (!probe)
		return gosym_error_new(GOSYM_BAD_DATA, "aggregates: there is no probe %" PRIu32,
				       key->probe);
	row.func = probe->func;
	row.is_hist = probe->agg.value;
	row.is_signed = probe->agg.is_signed;
	row.is_time = probe->agg.is_time;
	err = set_key(a, probe, key, &row);
	if (err)
		return err;
	to = find_pending(pendings, &row);
	if (!to)
		return gosym_nomem;
	for (int cpu = 0; cpu < cpus; cpu++) {
		struct plan_agg one = { .count = 0 };

		memcpy(&one, values + cpu * stride, a->value_size);
		agg_add(&to->sum, &one, row.is_signed);
	}
	return NULL;
}

static struct gosym_error *read_elements(struct aggregate *a, struct pendings *pendings)
{
	int cpus = libbpf_num_possible_cpus();
	struct plan_agg_key key = { .probe = 0 }, next = { .probe = 0 };
	_cleanup_free_ uint8_t *values = NULL;
	struct gosym_error *err;
	void *from = NULL;

	if (cpus < 0)
		return gosym_error_errno(-cpus, "asking for the number of processors");
	values = calloc(cpus, (a->value_size + 7) / 8 * 8);
	if (!values)
		return gosym_nomem;
	while (!bpf_map_get_next_key(a->fd, from, &next)) {
		key = next;
		from = &key;
		if (bpf_map_lookup_elem(a->fd, &key, values))
			return gosym_error_errno(errno, "reading the aggregates");
		err = add_element(a, pendings, &key, values, cpus);
		if (err)
			return err;
	}
	return errno == ENOENT ? NULL : gosym_error_errno(errno, "walking the aggregates");
}

/* By total, so that what costs most is first; counts by number. */
static int by_size(const void *x, const void *y)
{
	const struct pending *a = x, *b = y;
	bool by_sum = a->row.is_hist && b->row.is_hist;

	if (by_sum && a->sum.sum != b->sum.sum)
		return a->sum.sum < b->sum.sum ? 1 : -1;
	if (a->sum.agg.count != b->sum.agg.count)
		return a->sum.agg.count < b->sum.agg.count ? 1 : -1;
	if (a->row.func != b->row.func)
		return strcmp(gosym_func_name(a->row.func), gosym_func_name(b->row.func));
	if (a->row.text && b->row.text)
		return strcmp(a->row.text, b->row.text);
	return a->row.number < b->row.number ? -1 : a->row.number > b->row.number;
}

struct gosym_error *aggregate_read(struct aggregate *a)
{
	_cleanup_(pendings_deinit) struct pendings pendings = { .all = { 0 } };
	struct gosym_error *err;

	arena_deinit(&a->names);
	a->names = (struct arena){ 0 };
	vec_deinit(&a->rows);
	memset(&a->rows, 0, sizeof(a->rows));
	err = read_elements(a, &pendings);
	if (err)
		return err;
	if (pendings.all.num)
		qsort(pendings.all.data, pendings.all.num, sizeof(*pendings.all.data), by_size);
	for (size_t i = 0; i < pendings.all.num; i++) {
		struct gotrace_row *row = vec_append(&a->rows);

		if (!row)
			return gosym_nomem;
		*row = pendings.all.data[i].row;
		agg_statistics(&pendings.all.data[i].sum, row);
	}
	return NULL;
}
