// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/* Whether what is about to be probed is what was analysed: the same file, by its build ids and the bytes of the functions
 * themselves, for the processor of this machine. */
#include <elf.h>
#include <string.h>
#include <sys/utsname.h>

#include "gosym/binary.h"
#include "gosym/cleanup.h"
#include "tracer/identity.h"

static bool same_note(struct elf_file *a, struct elf_file *b, const char *owner, uint32_t type)
{
	struct bytes x, y;

	if (!elf_note(a, owner, type, &x) || !elf_note(b, owner, type, &y))
		return true;
	return x.size == y.size && !memcmp(x.data, y.data, x.size);
}

/* The whole function: the site's place in it and where its arguments are follow from all these
 * bytes. */
static bool same_code(struct elf_file *a, struct elf_file *b, const struct plan_probe *probe)
{
	const struct gosym_func *f = plan_probe_within(probe);
	uint64_t entry = gosym_func_entry(f), size = gosym_func_end(f) - entry, off;
	struct bytes x, y;

	if (!elf_addr_to_offset(b, probe->site->addr, &off) || off != probe->site->file_off)
		return false;
	if (!elf_bytes_at(a, entry, &x) || !elf_bytes_at(b, entry, &y))
		return false;
	if (x.size < size)
		size = x.size;
	return y.size >= size && !memcmp(x.data, y.data, size);
}

DEFINE_CLEANUP(cleanup_elf, struct elf_file *, elf_close(*p))

struct gosym_error *identity_check_file(const struct gosym_plan *plan, const char *path)
{
	enum { GO_BUILD_ID = 4, GNU_BUILD_ID = 3 };
	_cleanup_(cleanup_elf) struct elf_file *file = NULL;
	struct elf_file *known = plan->binary->elf;
	struct gosym_error *err = elf_open(path, &file);

	if (err)
		return err;
	if (!same_note(known, file, "Go", GO_BUILD_ID) ||
	    !same_note(known, file, "GNU", GNU_BUILD_ID))
		return gosym_error_new(
			GOSYM_INVALID,
			"%s is not the file that was analysed (%s): the build ids differ; "
			"it may have been replaced, start again",
			path, elf_path(known));
	for (size_t i = 0; i < plan->probes.num + plan->hooks.num; i++)
		if (!same_code(known, file, plan_probe_at(plan, i)))
			return gosym_error_new(
				GOSYM_INVALID,
				"%s is not the file that was analysed (%s): %s differs; "
				"it may have been replaced, start again",
				path, elf_path(known),
				gosym_func_name(plan_probe_at(plan, i)->func));
	return NULL;
}

/* A program for another processor does not run here: its registers are not in this kernel's
 * pt_regs. */
struct gosym_error *identity_check_arch(const struct gosym_plan *plan)
{
#if defined(__x86_64__)
	bool same = plan->arch->machine == EM_X86_64;
#elif defined(__aarch64__)
	bool same = plan->arch->machine == EM_AARCH64;
#else
	bool same = false;
#endif
	struct utsname host;

	if (same)
		return NULL;
	return gosym_error_new(GOSYM_UNSUPPORTED,
			       "%s: a program for %s cannot be traced on this machine (%s)",
			       elf_path(plan->binary->elf), plan->arch->name,
			       uname(&host) ? "unknown" : host.machine);
}
