/* SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later */
/* A program to trace from its start: made before the probes, let go once they are live. */
#ifndef TOOLS_CHILD_H
#define TOOLS_CHILD_H

#include <stdbool.h>
#include <sys/types.h>

struct child {
	pid_t pid;			/* 0: none */
	int gate;			/* a byte lets the child go; closed without one, it ends */
	int failure;			/* the errno of a failed exec; closed by a good one */
	bool ended;
	int status;			/* as of waitpid() */
};

/* Forks; the child waits. 0 or the errno. */
int child_start(const char *path, char *const *args, unsigned num_args, struct child *ret);
/* Lets it exec. 0 or the errno of the exec, the child then having ended. */
int child_go(struct child *c);
/* Whether it has ended; does not wait. */
bool child_ended(struct child *c);
/* Its exit status, 128 + the signal that killed it. */
int child_exit_status(const struct child *c);
/* A child not let go yet is ended; a running one is left alone. */
void child_close(struct child *c);

#endif
