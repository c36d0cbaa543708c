// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * Command lines. The rows of a command and the common ones become getopt_long()'s tables; a value
 * is checked where its kind is known, and what is wrong with one is said in one line.
 */
#include <errno.h>
#include <getopt.h>
#include <string.h>

#include "gosym/cleanup.h"
#include "tools/command.h"
#include "tools/out.h"

enum { MAX_OPTIONS = 40, LONG_ONLY = 256 };

static const struct option_spec common[] = {
	OPTION(0, "json", OPTION_FLAG, json, NULL, "machine-readable output"),
	OPTION('o', "output", OPTION_TEXT, output, "FILE",
	       "write there instead of to standard output"),
	OPTION(0, "color", OPTION_COLOR, color, "WHEN",
	       "auto (default: on a terminal), always or never"),
	OPTION('v', "verbose", OPTION_FLAG, verbose, NULL, "diagnostics to standard error"),
	OPTION('h', "help", OPTION_FLAG, help, NULL, "this text"),
	OPTION(0, "version", OPTION_FLAG, version, NULL, "the version"),
	{ .name = NULL },
};

struct tables {
	const struct option_spec *specs[MAX_OPTIONS];
	struct option longs[MAX_OPTIONS + 1];
	char shorts[3 * MAX_OPTIONS];
	int num;
};

static void tables_add(struct tables *t, const struct option_spec *specs)
{
	for (; specs && specs->name && t->num < MAX_OPTIONS; specs++) {
		int has_arg = specs->kind == OPTION_FLAG     ? no_argument
			      : specs->kind == OPTION_FRAMES ||
				specs->kind == OPTION_OPTIONAL ? optional_argument
							     : required_argument;

		t->longs[t->num] = (struct option){ specs->name, has_arg, NULL,
						    LONG_ONLY + t->num };
		t->specs[t->num++] = specs;
		if (specs->letter)
			snprintf(t->shorts + strlen(t->shorts), 3, "%c%s", specs->letter,
				 has_arg ? ":" : "");
	}
}

static const struct option_spec *tables_find(const struct tables *t, int found)
{
	if (found >= LONG_ONLY)
		return t->specs[found - LONG_ONLY];
	for (int i = 0; i < t->num; i++)
		if (t->specs[i]->letter == found)
			return t->specs[i];
	return NULL;
}

/* ------------------------------------------------------------------ values */

static bool parse_uint(const char *text, uint64_t max, uint64_t *ret)
{
	char *end;

	if (*text < '0' || *text > '9')
		return false;
	errno = 0;
	*ret = strtoull(text, &end, 10);
	return !*end && !errno && *ret <= max;
}

/* 4096, 64K, 8M, 1G. */
static bool parse_size(const char *text, size_t *ret)
{
	static const char units[] = "KMG";
	const char *unit;
	char *end;
	uint64_t n;

	if (*text < '0' || *text > '9')
		return false;
	errno = 0;
	n = strtoull(text, &end, 10);
	if (errno || !n)
		return false;
	unit = *end ? strchr(units, *end & ~0x20) : NULL;
	if (*end && (!unit || end[1]))
		return false;
	if (unit && __builtin_mul_overflow(n, UINT64_C(1) << (10 * (unit - units + 1)), &n))
		return false;
	*ret = n;
	return *ret == n;
}

/* 10s, 500ms, 1m30s: time.ParseDuration's form, whole numbers and fractions. */
static bool parse_time(const char *text, uint64_t *ret)
{
	static const struct { const char *name; double ns;
	} units[] = {
		{ "ns", 1 },  { "us", 1e3 }, { "µs", 1e3 },   { "ms", 1e6 },
		{ "s", 1e9 }, { "m", 60e9 }, { "h", 3600e9 },
	};
	double total = 0;

	if (!*text)
		return false;
	while (*text) {
		size_t unit, len, digits = strspn(text, "0123456789.");
		char *end;
		double n;

		if (!digits || *text == '.')
			return false;
		n = strtod(text, &end);
		if (end != text + digits)
			return false;
		len = strcspn(end, "0123456789.");
		for (unit = 0; unit < sizeof(units) / sizeof(units[0]); unit++)
			if (strlen(units[unit].name) == len && !strncmp(units[unit].name, end, len))
				break;
		if (unit == sizeof(units) / sizeof(units[0]))
			return false;
		total += n * units[unit].ns;
		text = end + len;
	}
	*ret = total;
	return total >= 1 && total < 1e18;
}

static bool parse_color(const char *text, enum color_when *ret)
{
	static const char *const names[] = { "auto", "always", "never" };

	for (unsigned i = 0; i < 3; i++) {
		if (strcmp(text, names[i]) != 0)
			continue;
		*ret = i;
		return true;
	}
	return false;
}

static bool refuse(const struct option_spec *spec, const char *text, const char *want)
{
	complain("--%s: \"%s\" is not %s", spec->name, text, want);
	return false;
}

static bool store(const struct option_spec *spec, const char *text, struct options *o)
{
	void *member = (char *)o + spec->offset;
	uint64_t n;

	switch (spec->kind) {
	case OPTION_FLAG:
		*(bool *)member = true;
		return true;
	case OPTION_TEXT:
	case OPTION_OPTIONAL:
		*(const char **)member = text ? text : "";
		return true;
	case OPTION_UINT:
		if (!parse_uint(text, 1000000, &n))
			return refuse(spec, text, "a number from 0 to 1000000");
		*(unsigned *)member = n;
		return true;
	case OPTION_FRAMES:
		if (!parse_uint(text ? text : "0", MAX_STACK, &n) || (text && !n))
			return refuse(spec, text, "a number from 1 to 128");
		*(unsigned *)member = text ? n : DEFAULT_STACK;
		return true;
	case OPTION_COUNT:
		if (!parse_uint(text, UINT64_MAX, member) || !*(uint64_t *)member)
			return refuse(spec, text, "a number from 1 on");
		return true;
	case OPTION_SIZE:
		return parse_size(text, member) ||
		       refuse(spec, text, "a size such as 64K, 8M or 1G");
	case OPTION_TIME:
		return parse_time(text, member) ||
		       refuse(spec, text, "a time such as 500ms, 10s or 1m");
	case OPTION_COLOR:
		return parse_color(text, member) || refuse(spec, text, "auto, always or never");
	}
	return false;
}

/* ----------------------------------------------------------------- parsing */

static bool complain_unknown(const struct command *cmd, const struct tables *t, int error,
			     char **argv)
{
	const char *word = argv[optind - 1];

	if (error == ':') {
		const struct option_spec *spec = tables_find(t, optopt);

		complain("%s needs a value%s%s; see gosym %s --help", word,
			 spec && spec->metavar ? ": " : "",
			 spec && spec->metavar ? spec->metavar : "", cmd->name);
	} else if (optopt >= LONG_ONLY) {
		complain("--%s takes no value; see gosym %s --help",
			 t->specs[optopt - LONG_ONLY]->name, cmd->name);
	} else if (optopt) {
		complain("unknown option -%c; see gosym %s --help", optopt, cmd->name);
	} else {
		complain("unknown option %s; see gosym %s --help", word, cmd->name);
	}
	return false;
}

/* For a command that starts programs, everything behind the first "--" is the program's. */
static int split_child(const struct command *cmd, int argc, char **argv, struct options *o)
{
	if (!cmd->takes_child)
		return argc;
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--") != 0)
			continue;
		o->child = true;
		o->child_args = argv + i + 1;
		o->num_child_args = argc - i - 1;
		argv[i] = NULL;
		return i;
	}
	return argc;
}

static bool check_count(const struct command *cmd, const struct options *o)
{
	if (o->num_args >= cmd->min_args && o->num_args <= cmd->max_args)
		return true;
	if (o->num_args > cmd->max_args)
		complain("too many arguments (\"%s\"): gosym %s %s", o->args[cmd->max_args],
			 cmd->name, cmd->synopsis);
	else
		complain("%s is missing: gosym %s %s", o->num_args ? "FUNC" : "TARGET", cmd->name,
			 cmd->synopsis);
	return false;
}

bool options_parse(const struct command *cmd, int argc, char **argv, struct options *ret,
		   int *status)
{
	struct tables t = { .shorts = ":" };
	int found;

	*ret = (struct options){ .depth = DEPTH_AUTO, .elems = 8, .strlen = 64 };
	*status = EXIT_USAGE;
	tables_add(&t, cmd->options);
	tables_add(&t, common);
	argc = split_child(cmd, argc, argv, ret);
	opterr = 0;
	while ((found = getopt_long(argc, argv, t.shorts, t.longs, NULL)) != -1) {
		if (found == '?' || found == ':')
			return complain_unknown(cmd, &t, found, argv);
		if (!store(tables_find(&t, found), optarg, ret))
			return false;
	}
	ret->args = argv + optind;
	ret->num_args = argc - optind;
	*status = EXIT_DONE;
	if (ret->help || ret->version)
		return true;
	if (check_count(cmd, ret))
		return true;
	*status = EXIT_USAGE;
	return false;
}

/* -------------------------------------------------------------------- help */

static void help_rows(const struct option_spec *spec, FILE *out)
{
	for (; spec && spec->name; spec++) {
		char left[64];

		snprintf(left, sizeof(left), "%c%c%s --%s%s%s", spec->letter ? '-' : ' ',
			 spec->letter ? spec->letter : ' ', spec->letter ? "," : " ", spec->name,
			 !spec->metavar ? "" : *spec->metavar == '[' ? "" : " ", spec->metavar ? spec->metavar : "");
		fprintf(out, "  %-24s %s\n", left, spec->help);
	}
}

void options_help(const struct command *cmd, FILE *out)
{
	fputs("Options:\n", out);
	help_rows(cmd->options, out);
	help_rows(common, out);
}
