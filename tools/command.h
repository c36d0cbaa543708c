/* SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later */
/*
 * A subcommand as data. Each cmd_*.c ends with its table; main.c lists the tables. To add a
 * command: a file with usage text at the top and table at the bottom, one line in main.c, one in
 * Makefile.am.
 */
#ifndef TOOLS_COMMAND_H
#define TOOLS_COMMAND_H

#include "tools/options.h"

enum exit_status {
	EXIT_DONE = 0,
	EXIT_FAILED = 1,		/* the work failed */
	EXIT_USAGE = 2,			/* the command line is wrong */
	EXIT_NO_MATCH = 3,		/* nothing matched */
	EXIT_PERMISSION = 4,		/* a capability is missing */
};

struct command {
	const char *name;
	const char *synopsis;		/* what follows "gosym NAME " */
	const char *summary;		/* one line for the list of commands */
	const char *text;		/* what it does, with an example */
	const struct option_spec *options;	/* its own, NULL name last; common ones are added */
	unsigned min_args, max_args;
	bool takes_child;		/* "-- ARG…" belongs to a program to start */
	int (*run)(const struct options *o);
};

extern const struct command cmd_info, cmd_list, cmd_inspect, cmd_emit, cmd_symbolize, cmd_types;
#ifdef WITH_BPF
extern const struct command cmd_trace;
#endif

#endif
