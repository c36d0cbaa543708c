// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * Where a panic or the goroutine's end has ended a call there are no results. A condition that looks at them may be
 * decided all the same: `err != nil && duration > 10ms` fails for a short call whatever err would have been. What
 * depends on them is unknown, and so is what is behind a pointer: memory may have changed since.
 *
 * The other reading of a struct plan_expr is bpf_cond.c's, for the kernel.
 */
#include "tracer/cond_eval.h"
#include "tracer/plan_arith.h"

struct eval {
	const struct plan_record *ended, *image;
	uint64_t duration;
};

static enum cond_truth truth(const struct eval *v, const struct plan_expr *e);
static bool number(const struct eval *v, const struct plan_expr *e, uint64_t *ret);

/* Bytes that were kept, if they had been read then. */
static const uint8_t *kept(const struct eval *v, const struct plan_load *load, uint64_t size)
{
	const uint8_t *bytes = (const uint8_t *)v->image;
	int32_t status = 0;

	if (load->from != PLAN_SAVED || load->num_derefs || load->off < 0 ||
	    (uint64_t)load->off + size > v->image->size || load->status + sizeof(status) > v->image->size)
		return NULL;
	if (load->status)
		memcpy(&status, bytes + load->status, sizeof(status));
	return status ? NULL : bytes + load->off;
}

static bool load(const struct eval *v, const struct plan_load *load, uint64_t *ret)
{
	const uint8_t *bytes = kept(v, load, load->size);

	*ret = 0;
	if (!bytes || !load->size || load->size > sizeof(*ret))
		return false;
	memcpy(ret, bytes, load->size);
	*ret = plan_wrap(*ret, load->size, load->is_signed);
	return true;
}

static bool number_of_truth(enum cond_truth t, uint64_t *ret)
{
	*ret = t == COND_TRUE;
	return t != COND_UNKNOWN;
}

/* b where a holds, else 0. */
static bool number_if(const struct eval *v, const struct plan_expr *e, uint64_t *ret)
{
	*ret = 0;
	switch (truth(v, e->a)) {
	case COND_TRUE: return number(v, e->b, ret);
	case COND_FALSE: return true;
	default: return false;
	}
}

static bool number_of_two(const struct eval *v, const struct plan_expr *e, uint64_t *ret)
{
	uint64_t a, b;

	if (e->op < PLAN_OP_ADD || e->op > PLAN_OP_SHR || !number(v, e->a, &a) || !number(v, e->b, &b) ||
	    !plan_compute(e->op, a, b, e->is_signed, e->count_is_signed, ret))
		return false;
	*ret = plan_wrap(*ret, e->size, e->is_signed);
	return true;
}

/* As much of a string as was kept, if that is all of it, or the first need bytes are enough. */
static const uint8_t *string(const struct eval *v, const struct plan_expr *e, uint64_t len, uint64_t need)
{
	if (!e->kept || (len > e->kept && need > e->kept))
		return NULL;
	return kept(v, &e->load, len < need ? len : need);
}

/* The string against the text: as memcmp() has it, the shorter below. */
static bool string_order(const struct eval *v, const struct plan_expr *e, uint64_t *ret)
{
	const uint8_t *bytes;
	uint64_t len, both;
	int order;

	if (e->other || !number(v, e->b, &len))
		return false;
	both = len < e->text_len ? len : e->text_len;
	bytes = both ? string(v, e, len, e->text_len) : (const uint8_t *)"";
	if (!bytes)
		return false;
	order = memcmp(bytes, e->text, both);
	if (!order)
		order = (len > e->text_len) - (len < e->text_len);
	*ret = (uint64_t)(int64_t)order;
	return true;
}

static bool number(const struct eval *v, const struct plan_expr *e, uint64_t *ret)
{
	switch (e->op) {
	case PLAN_OP_CONST:
		*ret = (uint64_t)e->imm;
		return true;
	case PLAN_OP_LOAD:
		return load(v, &e->load, ret);
	case PLAN_OP_GOID:
		*ret = v->ended->goid;
		return !v->ended->goid_status;
	case PLAN_OP_PID:
		*ret = v->ended->pid;
		return true;
	case PLAN_OP_TID:
		*ret = v->ended->tid;
		return true;
	case PLAN_OP_DURATION:
		*ret = v->duration;
		return true;
	case PLAN_OP_IF:
		return number_if(v, e, ret);
	case PLAN_OP_AND: case PLAN_OP_OR: case PLAN_OP_NOT:
	case PLAN_OP_EQ: case PLAN_OP_NE: case PLAN_OP_LT: case PLAN_OP_LE: case PLAN_OP_GT: case PLAN_OP_GE:
	case PLAN_OP_STREQ: case PLAN_OP_STRPREFIX: case PLAN_OP_STRSUFFIX: case PLAN_OP_STRCONTAINS:
		return number_of_truth(truth(v, e), ret);
	case PLAN_OP_CHECK:
		return truth(v, e->a) == COND_TRUE && number(v, e->b, ret);
	case PLAN_OP_WRAP:
		if (!number(v, e->a, ret))
			return false;
		*ret = plan_wrap(*ret, e->size, e->is_signed);
		return true;
	case PLAN_OP_STRORDER:
		return string_order(v, e, ret);
	default:
		return number_of_two(v, e, ret);
	}
}

static bool less(uint64_t a, uint64_t b, bool is_signed)
{
	return is_signed ? (int64_t)a < (int64_t)b : a < b;
}

static bool is_nan(uint64_t bits, unsigned size)
{
	return size == 4 ? (bits & INT32_MAX) > 0x7f800000 : (bits & INT64_MAX) > 0x7ff0000000000000;
}

static enum cond_truth compare(const struct eval *v, const struct plan_expr *e)
{
	uint64_t a, b;
	bool holds;

	if (!number(v, e->a, &a) || !number(v, e->b, &b))
		return COND_UNKNOWN;
	if (e->size && (is_nan(a, e->size) || (e->b->op != PLAN_OP_CONST && is_nan(b, e->size))))
		return e->op == PLAN_OP_NE ? COND_TRUE : COND_FALSE;
	if (e->size)
		a = (uint64_t)plan_float_order(a, e->size);
	if (e->size && e->b->op != PLAN_OP_CONST)
		b = (uint64_t)plan_float_order(b, e->size);
	switch (e->op) {
	case PLAN_OP_EQ: holds = a == b; break;
	case PLAN_OP_NE: holds = a != b; break;
	case PLAN_OP_LT: holds = less(a, b, e->is_signed); break;
	case PLAN_OP_LE: holds = !less(b, a, e->is_signed); break;
	case PLAN_OP_GT: holds = less(b, a, e->is_signed); break;
	default: holds = !less(a, b, e->is_signed);
	}
	return holds ? COND_TRUE : COND_FALSE;
}

static bool found(const struct plan_expr *e, const uint8_t *bytes, uint64_t len)
{
	if (e->op == PLAN_OP_STRCONTAINS)
		return memmem(bytes, len, e->text, e->text_len);
	if (e->op == PLAN_OP_STRSUFFIX)
		bytes += len - e->text_len;
	return !memcmp(bytes, e->text, e->text_len);
}

static enum cond_truth text(const struct eval *v, const struct plan_expr *e)
{
	bool at_start = e->op == PLAN_OP_STREQ || e->op == PLAN_OP_STRPREFIX;
	const uint8_t *bytes;
	uint64_t len;

	if (!number(v, e->b, &len))
		return COND_UNKNOWN;
	if (e->op == PLAN_OP_STREQ ? len != e->text_len : len < e->text_len)
		return COND_FALSE;
	if (!e->text_len)
		return COND_TRUE;
	bytes = string(v, e, len, at_start ? e->text_len : len);
	if (!bytes)
		return COND_UNKNOWN;
	return found(e, bytes, len) ? COND_TRUE : COND_FALSE;
}

/* One side may decide it alone. */
static enum cond_truth both(const struct eval *v, const struct plan_expr *e, enum cond_truth decides)
{
	enum cond_truth a = truth(v, e->a), b = a == decides ? a : truth(v, e->b);

	if (a == decides || b == decides)
		return decides;
	return a == COND_UNKNOWN ? a : b;
}

static enum cond_truth truth(const struct eval *v, const struct plan_expr *e)
{
	enum cond_truth a;
	uint64_t n;

	switch (e->op) {
	case PLAN_OP_AND: return both(v, e, COND_FALSE);
	case PLAN_OP_OR: return both(v, e, COND_TRUE);
	case PLAN_OP_NOT:
		a = truth(v, e->a);
		return a == COND_UNKNOWN ? a : a == COND_TRUE ? COND_FALSE : COND_TRUE;
	case PLAN_OP_STREQ: case PLAN_OP_STRPREFIX: case PLAN_OP_STRSUFFIX: case PLAN_OP_STRCONTAINS:
		return text(v, e);
	case PLAN_OP_EQ: case PLAN_OP_NE: case PLAN_OP_LT: case PLAN_OP_LE: case PLAN_OP_GT: case PLAN_OP_GE:
		return compare(v, e);
	default:
		return !number(v, e, &n) ? COND_UNKNOWN : n ? COND_TRUE : COND_FALSE;
	}
}

enum cond_truth cond_eval(const struct plan_expr *e, const struct plan_record *ended,
			  const struct plan_record *image, uint64_t duration)
{
	const struct eval v = { .ended = ended, .image = image, .duration = duration };

	return truth(&v, e);
}
