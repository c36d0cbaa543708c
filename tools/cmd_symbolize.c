// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * gosym symbolize: addresses -> functions and lines, calls that were inlined one by one. What it
 * prints comes from the function table, which stripped programs have too.
 *
 * An address of a process is a run-time one: /proc/PID/maps says which bytes of the file are mapped
 * there, and the file at which address those bytes were linked.
 */
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <string.h>

#include "gosym/cleanup.h"
#include "gosym/vec.h"
#include "tools/command.h"
#include "tools/out.h"
#include "tools/target.h"

static const char text[] =
	"Prints the function and the line of each address. Where the compiler has inlined calls,\n"
	"the innermost comes first and the function whose code it is last, with the offset from\n"
	"its first instruction. Addresses are hexadecimal, with or without 0x; without any they\n"
	"are read from standard input, one a line. They are those of the file; with a process id\n"
	"for TARGET they are those of the running process, wherever its program was loaded.\n"
	"A return address belongs to the instruction behind the call: give it minus 1.\n\n"
	"Examples:\n"
	"  gosym symbolize ./server 0x48a1c3 48b000\n"
	"  gosym symbolize 4242 --json < addresses\n";

/* Bytes of the program's file as a process has them mapped. */
struct mapping { uint64_t start, end, offset; };

struct symbolize {
	struct target target;
	struct out out;
	VEC(struct mapping) mappings;
	VEC(struct gosym_frame) frames;
	bool json, any;			/* any: an address was found */
};

static void symbolize_deinit(struct symbolize *s)
{
	vec_deinit(&s->mappings);
	vec_deinit(&s->frames);
	target_close(&s->target);
}

/* ---------------------------------------------------------------- processes */

/* One line of /proc/PID/maps, "55d0-55e0 r-xp 00001000 08:01 42   /usr/bin/server". Both it and the
 * link /proc/PID/exe name the file in the same way. Code alone: a page where code begins may be
 * mapped as data too. */
static bool parse_mapping(char *line, const char *exe, struct mapping *ret)
{
	char access[8];
	int name = 0;

	line[strcspn(line, "\n")] = '\0';
	if (sscanf(line, "%" SCNx64 "-%" SCNx64 " %7s %" SCNx64 " %*s %*s %n", &ret->start,
		   &ret->end, access, &ret->offset, &name) < 4 || !name)
		return false;
	return strchr(access, 'x') && !strcmp(line + name, exe);
}

static int read_mappings(struct symbolize *s)
{
	_cleanup_file_ FILE *file = NULL;
	_cleanup_free_ char *line = NULL;
	char path[64], exe[PATH_MAX];
	struct mapping m;
	size_t size = 0;
	ssize_t len;

	snprintf(path, sizeof(path), "/proc/%d/maps", (int)s->target.pid);
	len = readlink(s->target.path, exe, sizeof(exe) - 1);
	file = len < 0 ? NULL : fopen(path, "re");
	if (!file) {
		complain("%s: %s", path, strerror(errno));
		return errno == EACCES || errno == EPERM ? EXIT_PERMISSION : EXIT_FAILED;
	}
	exe[len] = '\0';
	while (getline(&line, &size, file) >= 0) {
		struct mapping *slot =
			parse_mapping(line, exe, &m) ? vec_append(&s->mappings) : NULL;

		if (slot)
			*slot = m;
	}
	return EXIT_DONE;
}

static bool to_link_address(const struct symbolize *s, uint64_t addr, uint64_t *ret)
{
	*ret = addr;
	if (!s->target.pid)
		return true;
	for (size_t i = 0; i < s->mappings.num; i++) {
		const struct mapping *m = &s->mappings.data[i];

		if (addr >= m->start && addr < m->end)
			return gosym_addr_of_offset(s->target.binary, addr - m->start + m->offset,
						    ret);
	}
	return false;
}

/* ---------------------------------------------------------------- addresses */

/* Frames of a link-time address; 0 where there is no Go function. */
static struct gosym_error *find_frames(struct symbolize *s, uint64_t addr, size_t *ret)
{
	struct gosym_error *err;

	*ret = 0;
	do {
		while (s->frames.num < *ret || !s->frames.num)
			if (!vec_append(&s->frames))
				return NULL;
		err = gosym_symbolize(s->target.binary, addr, s->frames.data, s->frames.num, ret);
	} while (!err && *ret > s->frames.num);
	if (err && gosym_error_code(err) == GOSYM_NOT_FOUND) {
		gosym_error_destroy(err);
		err = NULL;
		*ret = 0;
	}
	return err;
}

static void print_json(struct json *j, uint64_t addr, const struct gosym_frame *frames, size_t num,
		       uint64_t offset)
{
	json_object(j);
	json_key(j, "address");
	json_hex(j, addr);
	json_key(j, "frames");
	json_array(j);
	for (size_t i = 0; i < num; i++) {
		json_object(j);
		json_key(j, "func");
		json_str(j, frames[i].func);
		json_key(j, "offset");
		if (frames[i].inlined)
			json_null(j);
		else
			json_uint(j, offset);
		json_key(j, "file");
		json_str(j, frames[i].file);
		json_key(j, "line");
		json_uint(j, frames[i].line);
		json_key(j, "inlined");
		json_bool(j, frames[i].inlined);
		json_object_end(j);
	}
	json_array_end(j);
	json_object_end(j);
	json_line(j);
}

static void print_text(const struct out *out, uint64_t addr, const struct gosym_frame *frames,
		       size_t num, uint64_t offset)
{
	int width = fprintf(out->file, "0x%" PRIx64, addr);

	if (!num)
		fputs(" ??\n", out->file);
	for (size_t i = 0; i < num; i++) {
		const struct gosym_frame *f = &frames[i];

		fprintf(out->file, "%*s %s%s%s", i ? width : 0, "", out_bold(out),
			f->func ? f->func : "?", out_plain(out));
		if (!f->inlined)
			fprintf(out->file, "+0x%" PRIx64, offset);
		if (f->file)
			fprintf(out->file, " %s:%u", f->file, f->line);
		fputs(f->inlined ? " (inlined)\n" : "\n", out->file);
	}
}

static int symbolize_one(struct symbolize *s, uint64_t addr)
{
	const struct gosym_func *f;
	struct gosym_error *err = NULL;
	uint64_t link, offset = 0;
	size_t num = 0;

	if (to_link_address(s, addr, &link))
		err = find_frames(s, link, &num);
	if (!err && num)
		err = gosym_func_at_addr(s->target.binary, link, &f);
	if (err)
		return fail(err);
	if (num) {
		s->any = true;
		offset = link - gosym_func_entry(f);
	}
	if (s->json)
		print_json(&s->out.json, addr, s->frames.data, num, offset);
	else
		print_text(&s->out, addr, s->frames.data, num, offset);
	return EXIT_DONE;
}

static bool parse_address(const char *word, uint64_t *ret)
{
	const char *digits = word[0] == '0' && (word[1] | 0x20) == 'x' ? word + 2 : word;
	size_t len = strspn(digits, "0123456789abcdefABCDEF");

	if (!len || digits[len] || len > 16) {
		complain("\"%s\" is not an address: hexadecimal digits, with or without 0x", word);
		return false;
	}
	*ret = strtoull(digits, NULL, 16);
	return true;
}

static int symbolize_args(struct symbolize *s, char *const *words, unsigned num)
{
	int status = EXIT_DONE;
	uint64_t addr;

	for (unsigned i = 0; i < num; i++)
		if (!parse_address(words[i], &addr))
			return EXIT_USAGE;
	for (unsigned i = 0; i < num && !status; i++) {
		parse_address(words[i], &addr);
		status = symbolize_one(s, addr);
	}
	return status;
}

/* Each answer is out before the next question is read: another program may hold the other ends. */
static int symbolize_input(struct symbolize *s)
{
	_cleanup_free_ char *line = NULL;
	int status = EXIT_DONE;
	size_t size = 0;
	uint64_t addr;

	while (!status && getline(&line, &size, stdin) >= 0) {
		char *word = line + strspn(line, " \t\r\n");

		word[strcspn(word, " \t\r\n")] = '\0';
		if (!*word)
			continue;
		status = parse_address(word, &addr) ? symbolize_one(s, addr) : EXIT_USAGE;
		fflush(s->out.file);
	}
	return status;
}

static int run(const struct options *o)
{
	_cleanup_(symbolize_deinit) struct symbolize s = { .json = o->json };
	int status = target_open(o->args[0], &s.target);

	if (!status && s.target.pid)
		status = read_mappings(&s);
	if (status)
		return status;
	if (!out_open(o, &s.out))
		return EXIT_FAILED;
	if (o->num_args > 1)
		status = symbolize_args(&s, o->args + 1, o->num_args - 1);
	else
		status = symbolize_input(&s);
	if (!out_close(&s.out))
		return EXIT_FAILED;
	return status || s.any ? status : EXIT_NO_MATCH;
}

const struct command cmd_symbolize = {
	.name = "symbolize",
	.synopsis = "[OPTION…] TARGET [ADDR…]",
	.summary = "the function and the line of addresses, inlined calls included",
	.text = text,
	.min_args = 1,
	.max_args = UINT_MAX,
	.run = run,
};
