// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * Aggregates for people and for programs. A table has a row per function and key; below it each
 * histogram has a line per power of two, from its first to its last, so that gaps are seen. Signs
 * beyond ASCII (µ, …, █) are used on a terminal that shows UTF-8, and nowhere else.
 */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gosym/cleanup.h"
#include "tools/aggregate.h"

enum { BAR_WIDTH = 40, NUM_COLUMNS = 7, CELL = 32, KEY_WIDTH = 48 };

struct style {
	const char *micro, *cut, *bar;
};

static const struct style plain = { "us", "...", "@" };
static const struct style utf8 = { "\302\265s", "\342\200\246", "\342\226\210" };

static const struct style *style_of(const struct out *out)
{
	static const char *const names[] = { "LC_ALL", "LC_CTYPE", "LANG" };

	if (!isatty(fileno(out->file)))
		return &plain;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *value = getenv(names[i]);

		if (value && *value)
			return strstr(value, "UTF-8") || strstr(value, "utf8") ? &utf8 : &plain;
	}
	return &plain;
}

/* Columns the text takes: characters, not bytes. */
static int width_of(const char *text)
{
	int width = 0;

	for (; *text; text++)
		width += (*text & 0xc0) != 0x80;
	return width;
}

static void print_left(FILE *out, const char *text, int width)
{
	fprintf(out, "%s%*s", text, width > width_of(text) ? width - width_of(text) : 0, "");
}

static void print_right(FILE *out, const char *text, int width)
{
	fprintf(out, "%*s%s", width > width_of(text) ? width - width_of(text) : 0, "", text);
}

/* ------------------------------------------------------------------ values */

/* Three digits and the unit they fit: 512ns, 1.02us, 20.1ms, 61.2s. */
static void format_time(const struct style *style, double ns, char cell[CELL])
{
	const struct { const char *name; double ns; } units[] = {
		{ "ns", 1 }, { style->micro, 1e3 }, { "ms", 1e6 }, { "s", 1e9 },
	};
	unsigned unit = 0;
	double v;

	while (unit < 3 && fabs(ns) / units[unit].ns >= 999.5)
		unit++;
	v = ns / units[unit].ns;
	if (!unit && fabs(v) < 99.95)
		snprintf(cell, CELL, "%.3g%s", v, units[unit].name);
	else
		snprintf(cell, CELL, "%.*f%s", fabs(v) < 9.995 ? 2 : fabs(v) < 99.95 ? 1 : 0, v, units[unit].name);
}

static void format_integer(const struct gotrace_row *row, const struct style *style, uint64_t bits,
			   char cell[CELL])
{
	if (row->is_time)
		format_time(style, row->is_signed ? (double)(int64_t)bits : (double)bits, cell);
	else if (row->is_signed)
		snprintf(cell, CELL, "%" PRId64, (int64_t)bits);
	else
		snprintf(cell, CELL, "%" PRIu64, bits);
}

static void format_number(const struct gotrace_row *row, const struct style *style, double v,
			  char cell[CELL])
{
	if (isnan(v))
		strcpy(cell, "-");
	else if (row->is_time)
		format_time(style, v, cell);
	else if (fabs(v) < 1000 && v != floor(v))
		snprintf(cell, CELL, "%.1f", v);
	else	/* more digits than a double has would be noise */
		snprintf(cell, CELL, fabs(v) < 1e9 ? "%.0f" : "%.4g", v);
}

/* A bound of a slot: 512, 4K, 2M, or a time. */
static void format_bound(const struct gotrace_row *row, const struct style *style, unsigned bits,
			 char cell[CELL])
{
	static const char units[] = "\0KMGTPE";

	if (row->is_time)
		format_time(style, ldexp(1, bits), cell);
	else
		snprintf(cell, CELL, "%u%.1s", 1U << bits % 10, &units[bits / 10]);
}

static void print_quoted(FILE *out, const char *text, size_t len)
{
	putc('"', out);
	for (size_t i = 0; i < len; i++) {
		unsigned char c = text[i];

		if (c == '"' || c == '\\')
			fprintf(out, "\\%c", c);
		else if (c < ' ' || c == 0x7f)
			fprintf(out, "\\x%02x", c);
		else
			putc(c, out);
	}
	putc('"', out);
}

/* The key as text, the caller's to free. */
static char *key_text(const struct gotrace_row *row, const struct style *style)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return NULL;
	switch (row->key) {
	case GOTRACE_KEY_NONE: break;
	case GOTRACE_KEY_INT: fprintf(out, "%" PRId64, (int64_t)row->number); break;
	case GOTRACE_KEY_UINT: fprintf(out, "%" PRIu64, row->number); break;
	case GOTRACE_KEY_BOOL: fputs(row->number ? "true" : "false", out); break;
	case GOTRACE_KEY_PTR: fprintf(out, row->number ? "0x%" PRIx64 : "nil", row->number); break;
	case GOTRACE_KEY_TYPE:
	case GOTRACE_KEY_CALLER: fputs(row->text, out); break;
	case GOTRACE_KEY_STRING:
		print_quoted(out, row->text, row->text_kept);
		if (row->text_kept < row->text_len)
			fprintf(out, "%s (%zu bytes)", style->cut, row->text_len);
		break;
	}
	fclose(out);
	return text;
}

/* ------------------------------------------------------------------- table */

struct line {
	char *key;
	char cells[NUM_COLUMNS][CELL];
};

struct table {
	const struct style *style;
	const struct gotrace_row *rows;
	struct line *lines;
	size_t num;
	unsigned columns;		/* 1: counts alone */
	int func_width, key_width, widths[NUM_COLUMNS];
	const char *by;
};

static void table_deinit(struct table *t)
{
	for (size_t i = 0; t->lines && i < t->num; i++)
		free(t->lines[i].key);
	free(t->lines);
}

static const char *const heads[NUM_COLUMNS] = {
	"COUNT", "MIN", "MEAN", "P50", "P90", "P99", "MAX",
};

static void widen(int *width, const char *text)
{
	int own = text ? width_of(text) : 0;

	*width = own > *width ? own : *width;
}

static void fill_line(const struct table *t, const struct gotrace_row *row, struct line *line)
{
	const double numbers[] = { row->mean, row->p50, row->p90, row->p99 };

	line->key = key_text(row, t->style);
	snprintf(line->cells[0], CELL, "%" PRIu64, row->count);
	if (t->columns == 1)
		return;
	format_integer(row, t->style, row->min, line->cells[1]);
	for (unsigned i = 0; i < 4; i++)
		format_number(row, t->style, numbers[i], line->cells[2 + i]);
	format_integer(row, t->style, row->max, line->cells[6]);
}

static void table_fill(struct table *t)
{
	widen(&t->func_width, "FUNCTION");
	widen(&t->key_width, t->by);
	for (unsigned k = 0; k < t->columns; k++)
		widen(&t->widths[k], heads[k]);
	for (size_t i = 0; i < t->num; i++) {
		fill_line(t, &t->rows[i], &t->lines[i]);
		widen(&t->func_width, gosym_func_name(t->rows[i].func));
		widen(&t->key_width, t->lines[i].key);
		for (unsigned k = 0; k < t->columns; k++)
			widen(&t->widths[k], t->lines[i].cells[k]);
	}
	if (t->key_width > KEY_WIDTH)		/* a longer one moves its own line only */
		t->key_width = KEY_WIDTH;
}

static void print_line(const struct table *t, FILE *out, const char *func, const char *key,
		       const char *const cells[])
{
	print_left(out, func, t->func_width);
	if (t->by) {
		fputs("  ", out);
		print_left(out, key ? key : "", t->key_width);
	}
	for (unsigned k = 0; k < t->columns; k++) {
		fputs("  ", out);
		print_right(out, cells[k], t->widths[k]);
	}
}

static void table_print(const struct table *t, struct out *out)
{
	fputs(out_bold(out), out->file);
	print_line(t, out->file, "FUNCTION", t->by, heads);
	fprintf(out->file, "%s\n", out_plain(out));
	for (size_t i = 0; i < t->num; i++) {
		const char *cells[NUM_COLUMNS];

		for (unsigned k = 0; k < t->columns; k++)
			cells[k] = t->lines[i].cells[k];
		print_line(t, out->file, gosym_func_name(t->rows[i].func), t->lines[i].key, cells);
		putc('\n', out->file);
	}
}

/* -------------------------------------------------------------- histograms */

static void slot_label(const struct gotrace_row *row, const struct style *style, unsigned i,
		       char label[2 * CELL + 8])
{
	char from[CELL], to[CELL];

	if (!i) {
		strcpy(label, "0");
		return;
	}
	format_bound(row, style, i - 1, from);
	format_bound(row, style, i, to);
	snprintf(label, 2 * CELL + 8, "[%s, %s)", from, to);
}

static void print_bar(const struct style *style, FILE *out, const char *label, int width,
		      uint64_t count, uint64_t most)
{
	int bar = (int)((double)count / most * BAR_WIDTH + 0.5);

	fputs("  ", out);
	print_left(out, label, width);
	fprintf(out, " %10" PRIu64 " |", count);
	for (int i = 0; i < BAR_WIDTH; i++)
		fputs(i < bar ? style->bar : " ", out);
	fputs("|\n", out);
}

static void print_histogram(const struct gotrace_row *row, const struct style *style, FILE *out)
{
	unsigned first = GOTRACE_SLOTS, last = 0;
	uint64_t most = row->negative;
	char label[2 * CELL + 8];
	int width = 0;

	for (unsigned i = 0; i < GOTRACE_SLOTS; i++) {
		if (!row->slots[i])
			continue;
		most = row->slots[i] > most ? row->slots[i] : most;
		first = i < first ? i : first;
		last = i;
	}
	for (unsigned i = first; i <= last; i++) {
		slot_label(row, style, i, label);
		widen(&width, label);
	}
	if (row->negative)
		print_bar(style, out, "< 0", width < 3 ? 3 : width, row->negative, most);
	for (unsigned i = first; i <= last; i++) {
		slot_label(row, style, i, label);
		print_bar(style, out, label, width, row->slots[i], most);
	}
}

static void print_text(struct out *out, const struct options *o, const struct gotrace_row *rows,
		       size_t num)
{
	_cleanup_(table_deinit) struct table t = {
		.style = style_of(out), .rows = rows, .num = num, .by = o->by,
		.columns = o->hist ? NUM_COLUMNS : 1,
	};

	t.lines = calloc(num ? num : 1, sizeof(*t.lines));
	if (!t.lines)
		return;
	table_fill(&t);
	table_print(&t, out);
	for (size_t i = 0; i < num && o->hist; i++) {
		fprintf(out->file, "\n%s%s", out_bold(out), gosym_func_name(rows[i].func));
		if (o->by)
			fprintf(out->file, " %s", t.lines[i].key ? t.lines[i].key : "");
		fprintf(out->file, "%s\n", out_plain(out));
		print_histogram(&rows[i], t.style, out->file);
	}
}

/* -------------------------------------------------------------------- JSON */

static void json_key_value(struct json *j, const struct gotrace_row *row)
{
	if (row->key == GOTRACE_KEY_NONE)
		return;
	json_key(j, "key");
	switch (row->key) {
	case GOTRACE_KEY_INT: json_int(j, (int64_t)row->number); break;
	case GOTRACE_KEY_BOOL: json_bool(j, row->number); break;
	case GOTRACE_KEY_PTR:
		if (row->number)
			json_hex(j, row->number);
		else
			json_null(j);
		break;
	case GOTRACE_KEY_TYPE:
		json_str(j, row->number ? row->text : NULL);
		break;
	case GOTRACE_KEY_CALLER: json_str(j, row->text); break;
	case GOTRACE_KEY_STRING:
		if (row->text_kept == row->text_len) {
			json_strn(j, row->text, row->text_kept);
			break;
		}
		json_object(j);
		json_key(j, "string");
		json_strn(j, row->text, row->text_kept);
		json_key(j, "len");
		json_uint(j, row->text_len);
		json_object_end(j);
		break;
	default: json_uint(j, row->number); break;
	}
}

static void json_bits(struct json *j, const char *key, const struct gotrace_row *row, uint64_t bits)
{
	json_key(j, key);
	if (row->is_signed)
		json_int(j, (int64_t)bits);
	else
		json_uint(j, bits);
}

static void json_double(struct json *j, const char *key, double v)
{
	json_key(j, key);
	if (isnan(v))
		json_null(j);
	else
		json_float(j, v, false);
}

static void json_slots(struct json *j, const struct gotrace_row *row)
{
	json_key(j, "slots");
	json_array(j);
	for (unsigned i = 0; i < GOTRACE_SLOTS; i++) {
		if (!row->slots[i])
			continue;
		json_object(j);
		json_key(j, "from");
		json_uint(j, i ? UINT64_C(1) << (i - 1) : 0);
		json_key(j, "to");
		if (i < 64)
			json_uint(j, UINT64_C(1) << i);
		else
			json_float(j, ldexp(1, 64), false);
		json_key(j, "count");
		json_uint(j, row->slots[i]);
		json_object_end(j);
	}
	json_array_end(j);
}

static void json_histogram(struct json *j, const struct gotrace_row *row)
{
	json_bits(j, "min", row, row->min);
	json_bits(j, "max", row, row->max);
	if (row->has_sum)
		json_bits(j, "sum", row, row->sum);
	json_double(j, "mean", row->mean);
	json_double(j, "p50", row->p50);
	json_double(j, "p90", row->p90);
	json_double(j, "p99", row->p99);
	json_key(j, "unit");
	json_str(j, row->is_time ? "ns" : NULL);
	json_key(j, "negative");
	json_uint(j, row->negative);
	json_slots(j, row);
}

static void json_row(struct json *j, const struct gotrace_row *row)
{
	json_object(j);
	json_key(j, "type");
	json_str(j, row->is_hist ? "hist" : "count");
	json_key(j, "func");
	json_str(j, gosym_func_name(row->func));
	json_key_value(j, row);
	json_key(j, "count");
	json_uint(j, row->count);
	if (row->is_hist)
		json_histogram(j, row);
	json_object_end(j);
	json_line(j);
}

void aggregate_print(struct out *out, const struct options *o, bool json,
		     const struct gotrace_row *rows, size_t num)
{
	size_t shown = o->top && num > o->top ? o->top : num;

	if (json)
		for (size_t i = 0; i < shown; i++)
			json_row(&out->json, &rows[i]);
	else
		print_text(out, o, rows, shown);
	fflush(out->file);
	if (shown < num)
		complain("%zu more row%s; see --top", num - shown, num - shown == 1 ? "" : "s");
}
