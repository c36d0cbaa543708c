// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * Plan -> a shell script for perf: it sets the probes, lets perf record them with their filters, removes them and
 * prints what was seen (perf-record(1), "--filter").
 *
 * The probes are set through uprobe_events, as tracefs lines (emit_tracefs.c), not by perf probe: that finds
 * places by symbols and DWARF, which a stripped program has not, and takes a bare address for an offset in the file
 * in some versions.
 */
#include <string.h>

#include "tracer/emit_tracefs.h"

static const char head[] =
	"#!/bin/sh\n"
	"# Entry probes of a Go program, recorded by perf. As root:\n"
	"#   sh THIS-FILE [OPTION OF PERF RECORD…] [COMMAND…]      e.g. sh THIS-FILE -p 1234, or sh THIS-FILE ./server\n"
	"# Without arguments every process is recorded until Ctrl-C. The record is left in ./perf.data.\n"
	"set -eu\n"
	"tracing=/sys/kernel/tracing\n"
	"[ -e $tracing/uprobe_events ] || tracing=/sys/kernel/debug/tracing\n"
	"[ -w $tracing/uprobe_events ] || { echo \"$0: needs root and a mounted tracefs\" >&2; exit 1; }\n";

static const char middle[] =
	"remove()\n"
	"{\n"
	"\tfor event in $events; do\n"
	"\t\techo \"-:gosym/$event\" >>$tracing/uprobe_events || true\n"
	"\tdone\n"
	"}\n"
	"trap remove EXIT\n"
	"trap 'exit 130' INT TERM\n"
	"# Each line on its own: the kernel takes a write as a whole.\n"
	"while read -r line; do\n"
	"\t[ \"${line#\\#}\" != \"$line\" ] || echo \"$line\" >>$tracing/uprobe_events\n"
	"done <<'PROBES'\n";

static void print_name(void *ctx, const struct tracefs_event *ev)
{
	fprintf(ctx, " %s", ev->name);
}

static void print_line(void *ctx, const struct tracefs_event *ev)
{
	fprintf(ctx, "# %s, %s\n%s%s\n", ev->func, ev->insn, ev->notes, ev->line);
}

static void print_record(void *ctx, const struct tracefs_event *ev)
{
	fprintf(ctx, " \\\n\t-e gosym:%s", ev->name);
	if (ev->filter)
		fprintf(ctx, " --filter '%s'", ev->filter);
}

struct gosym_error *plan_emit_perf(const struct gosym_plan *p, const char *path, FILE *out)
{
	struct gosym_error *err;

	fputs(head, out);
	fputs("events='", out);
	err = tracefs_events(p, path, print_name, out);
	if (err)
		return err;
	fputs("'\n", out);
	fputs(middle, out);
	err = tracefs_events(p, path, print_line, out);
	if (err)
		return err;
	fputs("PROBES\n[ $# -gt 0 ] || set -- -a\nperf record -q", out);
	err = tracefs_events(p, path, print_record, out);
	if (err)
		return err;
	fputs(" \\\n\t\"$@\" || true\nperf script -F trace:comm,tid,time,event,trace\n", out);
	return NULL;
}
