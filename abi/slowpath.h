/* SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later */
/* Register arguments that are gone when a call begins anew on its grown stack. */
#ifndef ABI_SLOWPATH_H
#define ABI_SLOWPATH_H

#include "abi/flow.h"

/* The register through which runtime.gogo jumps to where a goroutine goes on; REG_NONE if the file has no such
 * function or it ends otherwise. code: of gogo. */
int slowpath_resume_reg(const struct func_code *gogo);

/* Fills *ret, but for the offset in the file, if the function loses its register arguments there; addr is 0 if not.
 * False: they may get lost, and nothing tells when. */
bool slowpath_read(const struct func_code *code, const struct flow *f, int resume_reg, struct gosym_slow_path *ret);

#endif
