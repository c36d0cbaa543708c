/* SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later */
#ifndef TOOLS_DRY_RUN_H
#define TOOLS_DRY_RUN_H

#include "tools/out.h"
#include "tools/probes.h"

/* The exit status. */
int dry_run(const struct options *o, const struct probes *probes, bool json, struct out *out);

#endif
