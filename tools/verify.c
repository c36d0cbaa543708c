// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * gosym inspect --verify: every function's assignment, probe point and returns against each other
 * source in the file; the disagreements, and how much was compared. Progress goes to standard error
 * while it is a terminal.
 */
#include <inttypes.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "gosym/cleanup.h"
#include "gosym/vec.h"
#include "tools/command.h"
#include "tools/verify.h"

struct row { /* disagreements of one class with one source */
	enum gosym_check check;
	const char *class_name;
	size_t num, unexplained;
};

struct tally {
	size_t funcs, disagree, unexplained, returns;
	size_t checked[GOSYM_NUM_CHECKS], agree[GOSYM_NUM_CHECKS], explained[GOSYM_NUM_CHECKS],
		disagreeing[GOSYM_NUM_CHECKS]; /* functions */
	size_t emulated, stepped, none;
	VEC(struct row) rows;
};

static void tally_deinit(struct tally *t)
{
	vec_deinit(&t->rows);
}

/* ---------------------------------------------------------------- progress */

struct progress {
	bool shown; /* a line is on the terminal */
	bool terminal;
	uint64_t next_ns;
};

enum { FIRST_MS = 1000, EVERY_MS = 100 };

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000 + (uint64_t)ts.tv_nsec;
}

static struct progress progress_start(void)
{
	return (struct progress){ .terminal = isatty(STDERR_FILENO),
				  .next_ns = now_ns() + UINT64_C(1000000) * FIRST_MS };
}

static void progress_at(struct progress *p, size_t at, size_t num)
{
	uint64_t now;

	if (!p->terminal || at % 16)
		return;
	now = now_ns();
	if (now < p->next_ns)
		return;
	p->next_ns = now + UINT64_C(1000000) * EVERY_MS;
	p->shown = true;
	fprintf(stderr, "\rgosym: %zu of %zu functions, %zu%% ", at, num, at * 100 / num);
}

static void progress_end(const struct progress *p)
{
	if (p->shown)
		fputs("\r\033[K", stderr);
}

/* ---------------------------------------------------------------- counting */

static bool count_row(struct tally *t, const struct gosym_disagreement *d)
{
	struct row *row = NULL;

	for (size_t i = 0; i < t->rows.num && !row; i++)
		if (t->rows.data[i].check == d->check &&
		    !strcmp(t->rows.data[i].class_name, d->class_name))
			row = &t->rows.data[i];
	if (!row) {
		row = vec_append(&t->rows);
		if (!row)
			return false;
		row->check = d->check;
		row->class_name = d->class_name;
	}
	row->num++;
	row->unexplained += !d->explained;
	t->disagree++;
	t->unexplained += !d->explained;
	return true;
}

static bool count(struct tally *t, const struct gosym_verification *v)
{
	bool disagrees[GOSYM_NUM_CHECKS] = { false }, unexplained[GOSYM_NUM_CHECKS] = { false };

	for (size_t i = 0; i < v->num_disagreements; i++) {
		const struct gosym_disagreement *d = &v->disagreements[i];

		disagrees[d->check] = true;
		unexplained[d->check] |= !d->explained;
		if (!count_row(t, d))
			return false;
	}
	for (int c = 0; c < GOSYM_NUM_CHECKS; c++) {
		t->checked[c] += v->checked[c];
		t->agree[c] += v->checked[c] && !disagrees[c];
		t->disagreeing[c] += disagrees[c];
		t->explained[c] += disagrees[c] && !unexplained[c];
	}
	t->funcs++;
	t->returns += v->num_returns;
	t->emulated += v->has_site && v->cost == GOSYM_EMULATED;
	t->stepped += v->has_site && v->cost == GOSYM_STEPPED;
	t->none += !v->has_site;
	return true;
}

/* -------------------------------------------------------------------- JSON */

static void json_disagreement(struct json *j, const struct gosym_func *f,
			      const struct gosym_disagreement *d)
{
	json_object(j);
	json_key(j, "type");
	json_str(j, "disagreement");
	json_key(j, "func");
	json_str(j, gosym_func_name(f));
	json_key(j, "entry");
	json_hex(j, gosym_func_entry(f));
	json_key(j, "class");
	json_str(j, d->class_name);
	json_key(j, "between");
	json_array(j);
	json_str(j, d->between[0]);
	json_str(j, d->between[1]);
	json_array_end(j);
	json_key(j, "detail");
	json_str(j, d->detail);
	json_key(j, "explained");
	json_str(j, d->explained);
	json_object_end(j);
	json_line(j);
}

static void json_counts(struct json *j, const char *name, const size_t counts[GOSYM_NUM_CHECKS])
{
	json_key(j, name);
	json_object(j);
	for (int c = 0; c < GOSYM_NUM_CHECKS; c++) {
		json_key(j, gosym_check_name((enum gosym_check)c));
		json_uint(j, counts[c]);
	}
	json_object_end(j);
}

static void json_number(struct json *j, const char *name, size_t value)
{
	json_key(j, name);
	json_uint(j, value);
}

static void json_summary(struct json *j, const struct tally *t)
{
	json_object(j);
	json_key(j, "type");
	json_str(j, "summary");
	json_number(j, "functions", t->funcs);
	json_counts(j, "checked", t->checked);
	json_counts(j, "agree", t->agree);
	json_number(j, "disagree", t->disagree);
	json_number(j, "unexplained", t->unexplained);
	json_key(j, "sites");
	json_object(j);
	json_number(j, "emulated", t->emulated);
	json_number(j, "stepped", t->stepped);
	json_number(j, "none", t->none);
	json_object_end(j);
	json_number(j, "returns", t->returns);
	json_object_end(j);
	json_line(j);
}

/* -------------------------------------------------------------------- text */

static void print_disagreement(const struct out *out, const struct gosym_func *f,
			       const struct gosym_disagreement *d)
{
	fprintf(out->file, "%s%s%s\n  %s and %s: %s: %s\n", out_bold(out), gosym_func_name(f),
		out_plain(out), d->between[0], d->between[1], d->class_name, d->detail);
	fprintf(out->file, "  %s%s%s\n", out_dim(out),
		d->explained ? d->explained : "no explanation", out_plain(out));
}

static void print_summary(const struct out *out, const struct tally *t)
{
	if (t->disagree)
		putc('\n', out->file);
	fprintf(out->file, "%s%-10s %10s %10s %10s %10s%s\n", out_bold(out), "source", "functions",
		"agree", "explained", "disagree", out_plain(out));
	for (int c = 0; c < GOSYM_NUM_CHECKS; c++)
		fprintf(out->file, "%-10s %10zu %10zu %10zu %10zu\n",
			gosym_check_name((enum gosym_check)c), t->checked[c], t->agree[c],
			t->explained[c], t->disagreeing[c] - t->explained[c]);
	if (t->rows.num)
		fprintf(out->file, "\n%s%-10s %-22s %10s %12s%s\n", out_bold(out), "source",
			"class", "found", "unexplained", out_plain(out));
	for (size_t i = 0; i < t->rows.num; i++) {
		const struct row *r = &t->rows.data[i];

		fprintf(out->file, "%-10s %-22s %10zu %12zu\n", gosym_check_name(r->check),
			r->class_name, r->num, r->unexplained);
	}
	fprintf(out->file,
		"\n%zu functions; probe points: %zu emulated, %zu single-stepped, %zu without; %zu "
		"returns\n",
		t->funcs, t->emulated, t->stepped, t->none, t->returns);
	fprintf(out->file, "%zu disagreements, %zu of them unexplained\n", t->disagree,
		t->unexplained);
}

/* --------------------------------------------------------------------- all */

static struct gosym_error *verify_one(struct out *out, const struct options *o,
				      struct gosym_binary *b, const struct gosym_func *f,
				      struct tally *tally, bool *ret_nomem)
{
	struct gosym_verification v;
	struct gosym_error *err = gosym_func_verify(b, f, &v);

	if (err)
		return err;
	*ret_nomem = !count(tally, &v);
	for (size_t i = 0; i < v.num_disagreements; i++) {
		if (o->json)
			json_disagreement(&out->json, f, &v.disagreements[i]);
		else
			print_disagreement(out, f, &v.disagreements[i]);
	}
	return NULL;
}

int verify(struct out *out, const struct options *o, const struct target *t,
	   const struct gosym_func *const *funcs, size_t num)
{
	_cleanup_(tally_deinit) struct tally tally = { .funcs = 0 };
	struct progress progress = progress_start();
	size_t all = num ? num : gosym_func_count(t->binary);
	struct gosym_error *err = NULL;
	bool nomem = false;

	for (size_t i = 0; i < all && !err && !nomem; i++) {
		progress_at(&progress, i, all);
		err = verify_one(out, o, t->binary, num ? funcs[i] : gosym_func_at(t->binary, i),
				 &tally, &nomem);
	}
	progress_end(&progress);
	if (err)
		return fail(err);
	if (nomem) {
		complain("out of memory");
		return EXIT_FAILED;
	}
	if (o->json)
		json_summary(&out->json, &tally);
	else
		print_summary(out, &tally);
	return tally.unexplained ? EXIT_FAILED : EXIT_DONE;
}
