/* SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later */
/* TARGET and FUNC…, the same for every command: a file or process, patterns of functions. */
#ifndef TOOLS_TARGET_H
#define TOOLS_TARGET_H

#include <sys/types.h>

#include "gosym/gosym.h"

struct target {
	struct gosym_binary *binary;
	pid_t pid;			/* 0: TARGET is a path */
	char path[64]; /* with pid: "/proc/PID/exe", which also opens a deleted file */
	const char *file;		/* what to open: TARGET or path */
	char *absolute;			/* the file by a name that holds in any directory */
};

void target_close(struct target *t);
/* EXIT_DONE, or the exit status; the reason has been printed. */
int target_open(const char *text, struct target *ret);
/* The functions the patterns mean, each once, by address. The array is the caller's to free().
 * EXIT_NO_MATCH if one of the patterns means none. */
int target_match(const struct target *t, char *const *patterns, unsigned num,
		 const struct gosym_func ***ret, size_t *num_ret);

#endif
