// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * TARGET: digits alone are a process, whose file is opened through /proc/PID/exe (its own mount
 * namespace, also when the file has been deleted); anything else is a path.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>

#include "gosym/cleanup.h"
#include "gosym/vec.h"
#include "tools/command.h"
#include "tools/out.h"
#include "tools/target.h"

void target_close(struct target *t)
{
	gosym_close(t->binary);
	free(t->absolute);
	*t = (struct target){ .pid = 0 };
}

static int open_process(const char *text, struct target *t)
{
	_cleanup_fd_ int fd = -1;
	struct gosym_error *err;
	char name[PATH_MAX];
	struct stat st;
	ssize_t len;
	long pid;

	errno = 0;
	pid = strtol(text, NULL, 10);
	snprintf(t->path, sizeof(t->path), "/proc/%ld", pid);
	if (errno || pid <= 0 || pid > INT_MAX || stat(t->path, &st)) {
		complain("no process %s", text);
		return EXIT_FAILED;
	}
	t->pid = pid;
	strcat(t->path, "/exe");
	t->file = t->path;
	len = readlink(t->path, name, sizeof(name) - 1);
	fd = len < 0 ? -1 : open(t->path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		bool denied = errno == EACCES || errno == EPERM;

		complain("process %ld: %s: %s%s", pid, t->path,
			 errno == ENOENT ? "it has no file (a kernel thread or "
					   "a process that has ended)"
					 : strerror(errno),
			 denied ? " (needs to be its user, or CAP_SYS_PTRACE)" : "");
		return denied ? EXIT_PERMISSION : EXIT_FAILED;
	}
	name[len] = '\0';
	err = gosym_open_fd(fd, name, &t->binary);
	return err ? fail(err) : EXIT_DONE;
}

int target_open(const char *text, struct target *ret)
{
	struct gosym_error *err;
	int status;

	*ret = (struct target){ .file = text };
	if (*text && strspn(text, "0123456789") == strlen(text)) {
		status = open_process(text, ret);
		if (status)
			return status;
	} else {
		err = gosym_open(text, &ret->binary);
		if (err)
			return fail(err);
	}
	if (gosym_func_unreadable(ret->binary))
		complain("warning: %s: the file is damaged: functions left out because their records are unreadable: %zu",
			 text, gosym_func_unreadable(ret->binary));
	ret->absolute = realpath(ret->file, NULL);
	if (!ret->absolute || (ret->pid && access(ret->absolute, R_OK))) {
		free(ret->absolute);
		ret->absolute = strdup(ret->file);
	}
	return ret->absolute ? EXIT_DONE : EXIT_FAILED;
}

static int by_entry(const void *a, const void *b)
{
	const struct gosym_func *const *x = a, *const *y = b;
	uint64_t entry_x = gosym_func_entry(*x), entry_y = gosym_func_entry(*y);

	if (entry_x != entry_y)
		return entry_x < entry_y ? -1 : 1;
	return strcmp(gosym_func_name(*x), gosym_func_name(*y));
}

int target_match(const struct target *t, char *const *patterns, unsigned num,
		 const struct gosym_func ***ret, size_t *num_ret)
{
	VEC(const struct gosym_func *) all = { .num = 0 };
	size_t kept = 0;

	for (unsigned i = 0; i < num; i++) {
		const struct gosym_func **some;
		size_t num_some;
		struct gosym_error *err = gosym_func_match(t->binary, patterns[i], &some,
							   &num_some);

		if (err) {
			vec_deinit(&all);
			return fail(err);
		}
		for (size_t k = 0; k < num_some; k++) {
			const struct gosym_func **slot = vec_append(&all);

			if (slot)
				*slot = some[k];
		}
		free(some);
	}
	if (num > 1 && all.num)
		qsort(all.data, all.num, sizeof(*all.data), by_entry);
	for (size_t i = 0; i < all.num; i++)
		if (!kept || all.data[kept - 1] != all.data[i])
			all.data[kept++] = all.data[i];
	*ret = all.data;
	*num_ret = kept;
	return EXIT_DONE;
}
