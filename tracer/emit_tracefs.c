// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * Plan -> lines for /sys/kernel/tracing/uprobe_events (Documentation/trace/uprobetracer.rst; limits
 * from kernel/trace/trace_probe.h), '#' beginning comments, which the kernel skips.
 *
 * A line takes no condition: which hits are calls, and --if, become a filter of the event, whose
 * echo line stands in a comment. A filter compares fields with constants, so everything it speaks
 * of is fetched as a field. ":string" is of no use for Go, whose strings have no NUL: they come as
 * a length and an array of characters, of which those behind the length mean nothing.
 */
#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#include "gosym/cleanup.h"
#include "gosym/vec.h"
#include "tracer/emit.h"
#include "tracer/emit_tracefs.h"

enum {
	MAX_EVENT_NAME = 63, MAX_ARG_NAME = 31,		/* MAX_EVENT_NAME_LEN, MAX_ARG_NAME_LEN */
	MAX_FETCH = 63, MAX_ARGS = 128,			/* MAX_ARGSTR_LEN, MAX_TRACE_ARGS */
	MAX_CHARS = 64,					/* MAX_ARRAY_LEN */
	MAX_LINE = 4000,				/* WRITE_BUFSIZE */
};

struct field {
	char name[MAX_ARG_NAME + 1];
	const char *fetch;
};

struct uprobe_event {
	VEC(struct field) fields;
	const char *notes;
	size_t length;
};

/* Letters, digits and '_', not beginning with a digit. */
static void mangle(const char *name, char *buf, size_t size)
{
	size_t n = 0;

	if (isdigit((unsigned char)*name))
		buf[n++] = '_';
	for (; *name && n + 1 < size; name++) {
		bool good = isalnum((unsigned char)*name) && (unsigned char)*name < 0x80;

		/* "(*T).Run": one '_' for a run of what cannot be kept. */
		if (good || *name == '_')
			buf[n++] = *name;
		else if (n && buf[n - 1] != '_' && name[1])
			buf[n++] = '_';
	}
	while (n > 1 && buf[n - 1] == '_')
		n--;
	buf[n] = '\0';
}

/* "base", else "base_2", … until it is none of those taken. */
static void make_unique(char *name, size_t size, bool (*taken)(const void *ctx, const char *name),
			const void *ctx)
{
	char base[MAX_EVENT_NAME + 1], number[16];

	snprintf(base, sizeof(base), "%s", name);
	for (unsigned n = 2; taken(ctx, name); n++) {
		snprintf(number, sizeof(number), "_%u", n);
		snprintf(name, size, "%.*s%s", (int)(size - 1 - strlen(number)), base, number);
	}
}

/* Names the kernel gives to fields of its own. */
static bool field_taken(const void *ctx, const char *name)
{
	static const char *const reserved[] = {
		"common_type", "common_flags", "common_preempt_count", "common_pid",
		"common_tgid", "__probe_ip", "__probe_ret_ip", "__probe_func", "__probe_nargs",
		"ip", "stacktrace", "cpu", "CPU", "comm", "COMM",
	};
	const struct uprobe_event *ev = ctx;

	for (size_t i = 0; i < sizeof(reserved) / sizeof(reserved[0]); i++)
		if (!strcmp(reserved[i], name))
			return true;
	for (size_t i = 0; i < ev->fields.num; i++)
		if (!strcmp(ev->fields.data[i].name, name))
			return true;
	return false;
}

static void note(struct emit *e, const char *text)
{
	struct uprobe_event *ev = e->context;

	ev->notes = emit_text(e, "%s#   %s\n", ev->notes, text);
}

static const char *find_field(const struct uprobe_event *ev, const char *fetch)
{
	for (size_t i = 0; i < ev->fields.num; i++)
		if (!strcmp(ev->fields.data[i].fetch, fetch))
			return ev->fields.data[i].name;
	return NULL;
}

/* The field that fetches this, made if there is none yet. NULL: no room. */
static const char *add_field(struct emit *e, const char *name, const char *fetch)
{
	struct uprobe_event *ev = e->context;
	const char *known = find_field(ev, fetch);
	struct field *f;

	if (known)
		return known;
	if (strcspn(fetch, ":") > MAX_FETCH || ev->fields.num == MAX_ARGS ||
	    ev->length + strlen(fetch) + MAX_ARG_NAME + 2 > MAX_LINE) {
		note(e,
		     emit_text(e, "%s is left out: the line or its fetch becomes too long", name));
		return NULL;
	}
	f = vec_append(&ev->fields);
	if (!f) {
		e->err = e->err ? e->err : gosym_nomem;
		return NULL;
	}
	ev->fields.num--;			/* not yet among the names taken */
	mangle(name, f->name, sizeof(f->name));
	make_unique(f->name, sizeof(f->name), field_taken, ev);
	ev->fields.num++;
	f->fetch = fetch;
	ev->length += strlen(fetch) + strlen(f->name) + 2;
	return f->name;
}

/* ----------------------------------------------------------------- fetches */

static const char *place_text(struct emit *e, const struct plan_load *l)
{
	const struct abi_arch *arch = e->plan->arch;
	const char *text;

	if (l->from == PLAN_REG)
		text = emit_text(e, "%%%s", arch->regs[l->reg].fetch);
	else
		text = emit_text(e, "%+" PRId64 "(%%%s)", l->off, arch->regs[arch->sp].fetch);
	for (uint32_t i = 0; i < l->num_derefs; i++)
		text = emit_text(e, "%+" PRId64 "(%s)", l->derefs[i], text);
	return text;
}

static const char *fetch_text(struct emit *e, const struct plan_load *l, bool hex)
{
	return emit_text(e, "%s:%c%u", place_text(e, l),
			 hex		? 'x'
			 : l->is_signed ? 's'
					: 'u',
			 l->size * 8);
}

static const char *goid_field(struct emit *e)
{
	const struct abi_goroutine *g = &e->probe.g;

	if (g->kind != G_IN_REG)
		return NULL;
	return add_field(e, "goid", emit_text(e, "%+d(%%%s):u64", (int)g->goid_off,
					      e->plan->arch->regs[g->reg].fetch));
}

static void add_string(struct emit *e, const struct emit_leaf *leaf)
{
	unsigned chars = e->plan->opts.strlen < MAX_CHARS ? e->plan->opts.strlen : MAX_CHARS;
	struct plan_load len = leaf->len, *l = &len;

	l->is_signed = true;
	add_field(e, emit_text(e, "%s_len", leaf->name), fetch_text(e, l, false));
	if (chars)
		add_field(e, leaf->name,
			  emit_text(e, "+0(%s):char[%u]", place_text(e, &leaf->load), chars));
}

static void add_leaf(struct emit *e, const struct emit_leaf *leaf)
{
	switch (leaf->kind) {
	case LEAF_MISSING:
		note(e, emit_text(e, "%s is not fetched: %s", leaf->name, leaf->why));
		break;
	case LEAF_STRING: add_string(e, leaf); break;
	default:
		add_field(e, leaf->name, fetch_text(e, &leaf->load, leaf->kind == LEAF_WORD));
		break;
	}
}

/* ----------------------------------------------------------------- filters */

static const char *number_text(struct emit *e, const struct plan_expr *x)
{
	const char *name = NULL;

	switch (x->op) {
	case PLAN_OP_LOAD:
		name = x->load.is_signed ? NULL
					 : find_field(e->context, fetch_text(e, &x->load, true));
		if (!name)
			name = add_field(e, "cond", fetch_text(e, &x->load, false));
		return name ? name
			    : emit_fail(e,
					"the condition needs a fetch that is too long for tracefs");
	case PLAN_OP_GOID:
		name = goid_field(e);
		return name ? name : emit_fail(e, "tracefs cannot fetch the goroutine id here");
	case PLAN_OP_TID: return "common_pid";
	case PLAN_OP_PID:
		return emit_fail(e, "tracefs filters know the thread (tid), not the process (pid)");
	default: return emit_fail(e, "tracefs filters compare a field with a constant only");
	}
}

static enum plan_op mirrored(enum plan_op op)
{
	switch (op) {
	case PLAN_OP_LT: return PLAN_OP_GT;
	case PLAN_OP_LE: return PLAN_OP_GE;
	case PLAN_OP_GT: return PLAN_OP_LT;
	case PLAN_OP_GE: return PLAN_OP_LE;
	default: return op;
	}
}

static const char *compare_text(struct emit *e, enum plan_op op, const struct plan_expr *x)
{
	static const char *const names[] = {
		[PLAN_OP_EQ] = "==", [PLAN_OP_NE] = "!=", [PLAN_OP_LT] = "<",
		[PLAN_OP_LE] = "<=", [PLAN_OP_GT] = ">", [PLAN_OP_GE] = ">=",
	};
	const struct plan_expr *field = x->a, *constant = x->b;
	const char *name;

	if (field->op == PLAN_OP_CONST) {
		field = x->b;
		constant = x->a;
		op = mirrored(op);
	}
	if (constant->op != PLAN_OP_CONST)
		return emit_fail(e, "tracefs filters compare a field with a constant only");
	name = number_text(e, field);
	if (!name)
		return NULL;
	return x->is_signed
		       ? emit_text(e, "%s %s %" PRId64, name, names[op], constant->imm)
		       : emit_text(e, "%s %s %" PRIu64, name, names[op], (uint64_t)constant->imm);
}

static const char *equal_text(struct emit *e, const struct plan_expr *x, bool want)
{
	return emit_fail(
		e, "tracefs filters cannot compare Go strings, which have no NUL; bpftrace can");
}

static const struct emit_spelling spelling = {
	.number = number_text, .compare = compare_text, .equal = equal_text,
};

/* What tells calls, and calls that meet the condition, from other hits. NULL: nothing, or err. */
static const char *filter(struct emit *e)
{
	const char *is_call = NULL, *cond = emit_condition(e);
	const char *flags = emit_flags_name(e), *field;

	if (!e->err && e->probe.site->skip_taken) {
		field = add_field(e, "flags", emit_text(e, "%%%s:u64", flags));
		is_call = field ? emit_branch_not_taken(e, field) : NULL;
	}
	if (e->err)
		return NULL;
	if (is_call && cond)
		return emit_text(e, "%s && %s", is_call, cond);
	return is_call ? is_call : cond;
}

/* ------------------------------------------------------------------- whole */

struct names { char (*taken)[MAX_EVENT_NAME + 1]; size_t num; };

static bool event_taken(const void *ctx, const char *name)
{
	const struct names *n = ctx;

	for (size_t i = 0; i < n->num; i++)
		if (!strcmp(n->taken[i], name))
			return true;
	return false;
}

/* One event as text in the emitter's arena, handed to each(). */
static void emit_event(struct emit *e, const char *name, const char *path, tracefs_each *each, void *ctx)
{
	const struct gosym_site *s = e->probe.site;
	struct uprobe_event ev = { .notes = "", .length = strlen(path) + 120 };
	const char *when, *text;

	e->context = &ev;
	e->spelling = &spelling;
	if (!goid_field(e))
		note(e, emit_text(e, "the goroutine id is not fetched: %s",
				  e->probe.g.missing ? e->probe.g.missing
						     : "it is behind the thread pointer, which "
						       "tracefs cannot read"));
	emit_leaves(e, add_leaf);
	when = filter(e);
	text = emit_text(e, "p:gosym/%s %s:0x%" PRIx64, name, path, s->file_off);
	for (size_t i = 0; i < ev.fields.num; i++)
		text = emit_text(e, "%s %s=%s", text, ev.fields.data[i].name, ev.fields.data[i].fetch);
	if (!e->err)
		each(ctx, &(struct tracefs_event){
			.name = name, .func = gosym_func_name(e->probe.func), .insn = s->insn, .notes = ev.notes,
			.line = text, .filter = when, .skips = s->skip_taken,
		});
	vec_deinit(&ev.fields);
}

struct gosym_error *tracefs_events(const struct gosym_plan *p, const char *path, tracefs_each *each, void *ctx)
{
	_cleanup_free_ char(*taken)[MAX_EVENT_NAME + 1] = calloc(p->probes.num + 1, sizeof(*taken));
	struct names names = { .taken = taken };
	struct gosym_error *err = NULL;

	if (!taken)
		return gosym_nomem;
	if (strpbrk(path, " \t\n#"))
		return gosym_error_new(
			GOSYM_UNSUPPORTED,
			"tracefs cannot name the file \"%s\": blanks and # end a word; "
			"give it another name by a link",
			path);
	for (size_t i = 0; i < p->probes.num && !err; i++) {
		char *name = names.taken[names.num];
		struct emit e;

		mangle(gosym_func_name(p->probes.data[i].func), name, MAX_EVENT_NAME + 1);
		make_unique(name, MAX_EVENT_NAME + 1, event_taken, &names);
		names.num++;
		emit_init(&e, p, &p->probes.data[i]);
		emit_event(&e, name, path, each, ctx);
		err = e.err;
		e.err = NULL;
		emit_deinit(&e);
	}
	return err;
}

static void print_event(void *ctx, const struct tracefs_event *ev)
{
	FILE *out = ctx;

	fprintf(out, "# %s, %s\n%s%s\n", ev->func, ev->insn, ev->notes, ev->line);
	if (ev->filter)
		fprintf(out,
			"#   %s only with this filter, set before enabling the event:\n"
			"#   echo '%s' > /sys/kernel/tracing/events/gosym/%s/filter\n",
			ev->skips ? "hits are calls" : "--if holds", ev->filter, ev->name);
}

struct gosym_error *plan_emit_tracefs(const struct gosym_plan *p, const char *path, FILE *out)
{
	fputs("# Entry probes of a Go program. As root:\n"
	      "#   cat THIS-FILE >> /sys/kernel/tracing/uprobe_events\n"
	      "#   echo 1 > /sys/kernel/tracing/events/gosym/enable; cat "
	      "/sys/kernel/tracing/trace_pipe\n"
	      "# and to remove them, disabled: echo '-:gosym/NAME' >> "
	      "/sys/kernel/tracing/uprobe_events\n",
	      out);
	return tracefs_events(p, path, print_event, out);
}
