// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/* The program: which command, its help, the version. Everything else is the command's. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "tools/command.h"
#include "tools/out.h"

static const struct command *const commands[] = {
	&cmd_info, &cmd_list, &cmd_inspect,
#ifdef WITH_BPF
	&cmd_trace,
#endif
	&cmd_emit, &cmd_symbolize, &cmd_types,
};

enum { NUM_COMMANDS = sizeof(commands) / sizeof(commands[0]) };

static void print_help(FILE *out)
{
	fputs("gosym reads Go programs and traces the calls of their functions with real "
	      "arguments.\n\n"
	      "Usage: gosym COMMAND [OPTION…] TARGET …\n\n"
	      "TARGET is the path of a Go program, or a process id.\n\n"
	      "Commands:\n",
	      out);
	for (int i = 0; i < NUM_COMMANDS; i++)
		fprintf(out, "  %-11s%s\n", commands[i]->name, commands[i]->summary);
	fputs("\nExample:\n"
	      "  gosym trace ./server 'main.handle' --if 'len(path) > 64'\n\n"
	      "gosym COMMAND --help tells more of each.\n", out);
}

static void print_command_help(const struct command *cmd, FILE *out)
{
	fprintf(out, "Usage: gosym %s %s\n\n%s\n", cmd->name, cmd->synopsis, cmd->text);
	options_help(cmd, out);
}

static void print_version(void)
{
	printf("gosym %s\n", gosym_version());
}

static const struct command *find_command(const char *name)
{
	for (int i = 0; i < NUM_COMMANDS; i++)
		if (!strcmp(commands[i]->name, name))
			return commands[i];
	return NULL;
}

/* Levenshtein's distance, of short words: longer ones are far from any command. */
static unsigned distance(const char *a, const char *b)
{
	enum { MAX = 16 };
	unsigned row[MAX + 1], len_a = strlen(a), len_b = strlen(b);

	if (len_a > MAX || len_b > MAX)
		return MAX;
	for (unsigned j = 0; j <= len_b; j++)
		row[j] = j;
	for (unsigned i = 1; i <= len_a; i++) {
		unsigned diagonal = row[0];

		row[0] = i;
		for (unsigned j = 1; j <= len_b; j++) {
			unsigned change = diagonal + (a[i - 1] != b[j - 1]);

			diagonal = row[j];
			if (row[j - 1] + 1 < change)
				change = row[j - 1] + 1;
			row[j] = row[j] + 1 < change ? row[j] + 1 : change;
		}
	}
	return row[len_b];
}

static int unknown_command(const char *name)
{
	const struct command *near = NULL;
	unsigned best = 3;

	for (int i = 0; i < NUM_COMMANDS; i++) {
		unsigned d = distance(name, commands[i]->name);

		if (!strncmp(name, commands[i]->name, strlen(name)))
			d = 1;
		if (d >= best)
			continue;
		best = d;
		near = commands[i];
	}
	if (near)
		complain("unknown command \"%s\"; did you mean \"%s\"?", name, near->name);
	else
		complain("unknown command \"%s\"; gosym help lists them", name);
	return EXIT_USAGE;
}

static int help(int argc, char **argv)
{
	const struct command *cmd;

	if (argc < 3) {
		print_help(stdout);
		return EXIT_DONE;
	}
	cmd = find_command(argv[2]);
	if (!cmd)
		return unknown_command(argv[2]);
	print_command_help(cmd, stdout);
	return EXIT_DONE;
}

int main(int argc, char **argv)
{
	const struct command *cmd;
	struct options o;
	int status;

	if (argc < 2) {
		print_help(stderr);
		return EXIT_USAGE;
	}
	if (!strcmp(argv[1], "help") || !strcmp(argv[1], "--help") || !strcmp(argv[1], "-h"))
		return help(argc, argv);
	if (!strcmp(argv[1], "--version") || !strcmp(argv[1], "version")) {
		print_version();
		return EXIT_DONE;
	}
	cmd = find_command(argv[1]);
	if (!cmd)
		return unknown_command(argv[1]);
	if (!options_parse(cmd, argc - 1, argv + 1, &o, &status))
		return status;
	if (o.help)
		print_command_help(cmd, stdout);
	else if (o.version)
		print_version();
	else
		return cmd->run(&o);
	return EXIT_DONE;
}
