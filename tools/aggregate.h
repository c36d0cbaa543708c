/* SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later */
/* What --count --by and --hist print: a table, histograms with bars, or JSON lines. */
#ifndef TOOLS_AGGREGATE_H
#define TOOLS_AGGREGATE_H

#include "tools/out.h"
#include "tracer/gotrace.h"

/* At most o->top rows, if that is not 0. */
void aggregate_print(struct out *out, const struct options *o, bool json,
		     const struct gotrace_row *rows, size_t num);

#endif
