// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/* gosym emit: the probes of a trace, spelled for another tracer. */
#include <limits.h>
#include <string.h>

#include "gosym/cleanup.h"
#include "tools/command.h"
#include "tools/out.h"
#include "tools/probes.h"

static const char text[] =
	"Prints the probes gosym would set, for another tracer to run. Formats:\n"
	"  bpftrace   a bpftrace script\n"
	"  tracefs    lines for /sys/kernel/tracing/uprobe_events\n"
	"  perf       a shell script around perf record, which sets and removes the probes\n"
	"  json       the plan itself: sites, and what is fetched from where; one object a line\n\n"
	"Example:\n"
	"  gosym emit --format bpftrace ./server main.handle > handle.bt && bpftrace handle.bt\n";

static const struct option_spec options[] = {
	OPTION('f', "format", OPTION_TEXT, format, "F", "bpftrace, tracefs, perf or json"),
	OPTION_IF,
	OPTION_DEPTH,
	OPTION_ELEMS,
	OPTION_STRLEN,
	{ .name = NULL },
};

static int run(const struct options *o)
{
	_cleanup_(probes_close) struct probes p = { .plan = NULL };
	const char *format = o->format ? o->format : o->json ? "json" : NULL;
	struct options plain = *o;
	struct gosym_error *err;
	struct out out;
	int status;

	if (!format) {
		complain("--format is missing: bpftrace, tracefs, perf or json");
		return EXIT_USAGE;
	}
	plain.inlined = "no";	/* other tracers get the functions themselves, and values alone */
	plain.emits = true;
	status = probes_open(&plain, false, &p);
	if (status)
		return status;
	if (!out_open(o, &out))
		return EXIT_FAILED;
	err = gosym_plan_emit(p.plan, format, p.target.absolute, out.file);
	if (err)
		status = fail(err);
	return out_close(&out) ? status : EXIT_FAILED;
}

const struct command cmd_emit = {
	.name = "emit",
	.synopsis = "--format F [OPTION…] TARGET FUNC…",
	.summary = "the same probes for another tracer",
	.text = text,
	.options = options,
	.min_args = 2,
	.max_args = UINT_MAX,
	.run = run,
};
