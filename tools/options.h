/* SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later */
/* Options as rows: each command has a table of its own and all share the common one. */
#ifndef TOOLS_OPTIONS_H
#define TOOLS_OPTIONS_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gosym/gosym.h"

enum color_when { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };

/* All there are; a command finds those of its table filled in. */
struct options {
	/* common */
	bool json, help, version, verbose;
	enum color_when color;
	const char *output;		/* NULL: standard output */
	/* probes */
	const char *condition;
	unsigned depth, elems, strlen;
	/* inspect */
	bool verify;
	/* list */
	bool copies;			/* inlined ones instead of functions */
	/* trace */
	bool count, dry_run;
	bool ret, pair, tree, no_fast_return, float_regs, fault_in;
	const char *inlined;		/* "no", "" or NULL */
	bool emits;			/* for other tracers */
	const char *condition_ret;
	const char *print;
	const char *hist;		/* its expression; "": the duration; NULL: no histogram */
	const char *by;
	uint64_t top;			/* 0: all */
	unsigned stack;			/* frames; 0: none */
	uint64_t max_events, max_rate;	/* 0: no limit */
	uint64_t duration_ns, interval_ns;
	size_t buffer;
	/* emit, trace */
	const char *format;
	/* what is left: TARGET FUNC…, and behind "--" */
	char **args;
	unsigned num_args;
	char **child_args;
	unsigned num_child_args;
	bool child;
};

static inline bool wants_returns(const struct options *o)
{
	return o->ret || o->pair || o->condition_ret || (o->hist && !*o->hist);
}

enum { DEFAULT_STACK = 32, MAX_STACK = 128 };
enum { DEPTH_AUTO = INT_MAX };		/* --depth was not given: 1, in a tree 0 */

enum option_kind {
	OPTION_FLAG,
	OPTION_TEXT,
	OPTION_OPTIONAL,		/* text behind "=", or "" */
	OPTION_UINT,
	OPTION_FRAMES,			/* the value may be left out */
	OPTION_COUNT,
	OPTION_SIZE,
	OPTION_TIME,
	OPTION_COLOR
};

struct option_spec {
	char letter;			/* 0: none */
	const char *name;		/* NULL ends a table */
	enum option_kind kind;
	size_t offset;			/* of its member in struct options */
	const char *metavar;		/* in the help; NULL for flags */
	const char *help;
};

#define OPTION(letter_, name_, kind_, member_, metavar_, help_)			\
	{ .letter = (letter_), .name = (name_), .kind = (kind_),		\
	  .offset = offsetof(struct options, member_), .metavar = (metavar_), .help = (help_) }

/* Rows that more than one command has. */
#define OPTION_IF OPTION(0, "if", OPTION_TEXT, condition, "EXPR",		\
	"only calls for which EXPR, Go syntax over argument names, holds")
#define OPTION_DEPTH \
	OPTION(0, "depth", OPTION_UINT, depth, "N", "pointers, interfaces and maps followed (default 1)")
#define OPTION_ELEMS OPTION(0, "elems", OPTION_UINT, elems, "N", "slice elements shown (default 8)")
#define OPTION_STRLEN \
	OPTION(0, "strlen", OPTION_UINT, strlen, "N", "string bytes shown (default 64)")

struct command;

/* The parsed command line; false: *status is the exit status, all has been said. */
bool options_parse(const struct command *cmd, int argc, char **argv, struct options *ret,
		   int *status);
/* The option tables of a command as help text. */
void options_help(const struct command *cmd, FILE *out);

#endif
