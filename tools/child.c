// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * Starting the program to trace. The process exists before the probes, for they are limited to it;
 * it reads from a pipe until they are live. What exec() has to say comes back by a second pipe that
 * a good exec closes.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tools/child.h"

static void wait_and_exec(int gate, int failure, const char *path, char **argv)
{
	sigset_t none;
	char go;
	int code;

	if (read(gate, &go, 1) != 1)
		_exit(0);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	execv(path, argv);
	code = errno;
	if (write(failure, &code, sizeof(code)) < 0)
		_exit(126);
	_exit(127);
}

int child_start(const char *path, char *const *args, unsigned num_args, struct child *ret)
{
	char **argv = calloc(num_args + 2, sizeof(*argv));
	int gate[2], failure[2], code = 0;

	*ret = (struct child){ .gate = -1, .failure = -1 };
	if (!argv)
		return ENOMEM;
	argv[0] = (char *)path;
	memcpy(argv + 1, args, num_args * sizeof(*argv));
	if (pipe2(gate, O_CLOEXEC)) {
		code = errno;
		free(argv);
		return code;
	}
	if (pipe2(failure, O_CLOEXEC)) {
		code = errno;
		close(gate[0]);
		close(gate[1]);
		free(argv);
		return code;
	}
	ret->pid = fork();
	if (!ret->pid) {
		close(gate[1]);		/* else the child would never see its end */
		wait_and_exec(gate[0], failure[1], path, argv);
	}
	if (ret->pid < 0) {
		code = errno;
		ret->pid = 0;
	}
	free(argv);
	close(gate[0]);
	close(failure[1]);
	ret->gate = gate[1];
	ret->failure = failure[0];
	return code;
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

int child_go(struct child *c)
{
	int code = 0;
	ssize_t n;

	if (write(c->gate, "g", 1) != 1)
		return errno;
	close_fd(&c->gate);
	do
		n = read(c->failure, &code, sizeof(code));
	while (n < 0 && errno == EINTR);
	close_fd(&c->failure);
	if (n != sizeof(code))
		return 0;
	waitpid(c->pid, &c->status, 0);
	c->ended = true;
	return code;
}

bool child_ended(struct child *c)
{
	if (c->pid && !c->ended && waitpid(c->pid, &c->status, WNOHANG) == c->pid)
		c->ended = true;
	return c->ended;
}

int child_exit_status(const struct child *c)
{
	return WIFSIGNALED(c->status) ? 128 + WTERMSIG(c->status) : WEXITSTATUS(c->status);
}

void child_close(struct child *c)
{
	bool waiting = c->pid && c->gate >= 0;

	close_fd(&c->gate);
	close_fd(&c->failure);
	if (waiting && !c->ended)
		waitpid(c->pid, &c->status, 0);
}
