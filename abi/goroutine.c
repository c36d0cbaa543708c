// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * Where the current goroutine's g is when a function is entered, and where its id is within it.
 *
 * Go code has g in a register where the architecture has one to spare (amd64: R14 since Go 1.17, but not in
 * assembly; arm64: R28, always). Else it is a thread-local word: on linux/amd64 in an executable 8 below FS
 * (cmd/link/internal/ld/lib.go: tlsoffset; Go 1.5+), the only such word of the program unless C libraries linked
 * into it have more. In a shared object only the dynamic linker knows the offset.
 */
#include <elf.h>

#include "abi/goroutine.h"

enum { TLS_SINCE = 5 };

static bool in_register(const struct gosym_binary *b, const struct abi_arch *arch, const struct gosym_func *f)
{
	if (arch->g == REG_NONE)
		return false;
	if (!arch->g_reg_since)
		return true;
	if (f->abi != FUNC_ABIINTERNAL)
		return false;
	/* Both came together: where no version is told, the table shows by its functions which ABI they have. */
	return b->version.major ? goversion_at_least(&b->version, arch->g_reg_since) : b->pclntab.regabi;
}

static bool is_executable(const struct elf_file *e)
{
	return elf_type(e) == ET_EXEC || elf_has_interp(e) || elf_is_pie(e);
}

static uint64_t tls_size(const struct elf_file *e)
{
	for (size_t i = 0; i < elf_segment_count(e); i++)
		if (elf_segment_at(e, i)->type == PT_TLS)
			return elf_segment_at(e, i)->memsz;
	return 0;
}

static void find_tls(const struct gosym_binary *b, const struct abi_arch *arch, struct abi_goroutine *g)
{
	uint64_t size = tls_size(b->elf);

	if (!arch->tls_g)
		g->missing = "the goroutine is in no register here, and this architecture has no fixed place for it";
	else if (!is_executable(b->elf))
		g->missing = "the goroutine of a shared object is at a thread-local offset chosen when it is loaded";
	else if (!b->version.major)
		g->missing = "where the goroutine is depends on the Go version, which this file does not tell";
	else if (!goversion_at_least(&b->version, TLS_SINCE))
		g->missing = "the thread-local offset of the goroutine before Go 1.5 is not known";
	else if (size && size != arch->ptr_size)
		g->missing = "other thread-local data share the place of the goroutine";
	if (g->missing)
		return;
	g->kind = G_IN_TLS;
	g->tls_off = arch->tls_g;
}

static struct gosym_error *find_goid(struct gosym_binary *b, struct abi_goroutine *g)
{
	uint64_t off;
	struct gosym_error *err = binary_runtime_offset(b, "runtime.g", "goid", &off, &g->goid_source);

	if (!err) {
		g->goid_off = (uint32_t)off;
		return NULL;
	}
	if (gosym_error_code(err) == GOSYM_NOMEM)
		return err;
	gosym_error_destroy(err);
	*g = (struct abi_goroutine){ .kind = G_NONE, .reg = REG_NONE,
				     .missing = "the offset of goid in runtime.g is not known for this Go version" };
	return NULL;
}

struct gosym_error *abi_goroutine_at(struct gosym_binary *b, const struct gosym_func *f, struct abi_goroutine *ret)
{
	const struct abi_arch *arch = abi_arch_of(b);
	struct abi_goroutine g = { .kind = G_NONE, .reg = REG_NONE };
	struct gosym_error *err = NULL;

	if (!arch) {
		g.missing = "the registers of this architecture are not known";
	} else if (in_register(b, arch, f)) {
		g.kind = G_IN_REG;
		g.reg = arch->g;
	} else {
		find_tls(b, arch, &g);
	}
	if (g.kind != G_NONE)
		err = find_goid(b, &g);
	if (!err)
		*ret = g;
	return err;
}
