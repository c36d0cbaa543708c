// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/* trace --dry-run: what would be probed and why there, for people; with --json the plan itself. */
#include <inttypes.h>

#include "gosym/cleanup.h"
#include "tools/command.h"
#include "tools/dry_run.h"

struct dry_run {
	const struct options *o;
	const struct probes *probes;
	struct out *out;
};

static void print_place(const struct out *out, const struct gosym_binary *b,
			const struct gosym_site *site, const struct gosym_piece *p)
{
	struct gosym_site_loc loc = gosym_site_find(site, p);

	if (loc.kind == GOSYM_LOC_REG)
		fputs(gosym_reg_name(b, loc.where), out->file);
	else if (loc.kind == GOSYM_LOC_STACK)
		fprintf(out->file, "%d(SP)", loc.where);
	else
		fprintf(out->file, "nowhere (%s)",
			p->place == GOSYM_IN_REG ? gosym_reg_name(b, p->where) : "stack");
}

static void print_args(const struct out *out, struct gosym_binary *b, const struct gosym_site *site,
		       const struct gosym_signature *sig)
{
	for (size_t i = 0; i < sig->num_params; i++) {
		const struct gosym_param *p = &sig->params[i];

		if (p->hidden)
			continue;
		fprintf(out->file, "  %s %s: ", p->name ? p->name : "-",
			p->type ? gosym_type_name(p->type) : "?");
		if (p->missing)
			fprintf(out->file, "unavailable, %s", p->missing);
		else if (!p->num_pieces)
			fputs("no bytes", out->file);
		for (size_t k = 0; k < p->num_pieces && !p->missing; k++) {
			fputs(k ? ", " : "", out->file);
			print_place(out, b, site, &p->pieces[k]);
		}
		putc('\n', out->file);
	}
}

static void print_exits(const struct out *out, struct gosym_binary *b, const struct gosym_func *f)
{
	const struct gosym_exit *exits;
	const char *unseen;
	uint64_t at;
	size_t num;
	_cleanup_error_ struct gosym_error *err = gosym_func_exits(b, f, &exits, &num);

	if (err || !num)
		fprintf(out->file, "  no return will be seen: %s\n",
			err ? gosym_error_message(err) : "it never returns");
	for (size_t i = 0; i < num && !err; i++)
		fprintf(out->file, "  exit at 0x%" PRIx64 ": %s%s, %s\n", exits[i].addr,
			exits[i].conditional ? "branch, if taken, to " : exits[i].jumps_to ? "jump to " : "return",
			exits[i].jumps_to ? exits[i].jumps_to : "",
			exits[i].cost == GOSYM_EMULATED ? "emulated by the kernel" : "single-stepped");
	unseen = gosym_func_unseen_exit(b, f, &at);
	if (unseen)
		fprintf(out->file, "  exit at 0x%" PRIx64 ": not seen, %s\n", at, unseen);
}

static void print_site(const struct dry_run *t, const char *name, const struct gosym_site *site)
{
	fprintf(t->out->file, "%s: probe at 0x%" PRIx64 " (file offset 0x%" PRIx64 "): %s, %s\n", name, site->addr,
		site->file_off, site->insn,
		site->cost == GOSYM_EMULATED ? "emulated by the kernel" : "single-stepped");
	if (site->skip_taken)
		fputs("  hits at which this branch will be taken are no calls and are dropped\n",
		      t->out->file);
	if (t->o->condition)
		fprintf(t->out->file, "  only where %s, decided in the kernel\n", t->o->condition);
}

static void print_copy_plan(const struct dry_run *t, const struct probed_copy *c)
{
	struct gosym_binary *b = t->probes->target.binary;
	_cleanup_error_ struct gosym_error *err = NULL;
	const struct gosym_signature *sig;
	const struct gosym_site *site;

	err = gosym_inlined_site(b, c->call, &site);
	if (!err)
		err = gosym_inlined_signature(b, c->call, &sig);
	if (err)
		return;
	print_site(t, gosym_func_name(c->func), site);
	fprintf(t->out->file, "  inlined in %s at %s:%u\n", c->call->caller ? c->call->caller : "?",
		c->call->file ? c->call->file : "?", c->call->line);
	if (!t->o->count && !t->o->hist)
		print_args(t->out, b, site, sig);
}

static void print_func_plan(const struct dry_run *t, const struct gosym_func *f)
{
	struct gosym_binary *b = t->probes->target.binary;
	_cleanup_error_ struct gosym_error *err = NULL;
	const struct gosym_signature *sig;
	const struct gosym_site *site;

	err = gosym_func_entry_site(b, f, &site);
	if (err)
		return;
	print_site(t, gosym_func_name(f), site);
	if (wants_returns(t->o))
		print_exits(t->out, b, f);
	if (t->o->count || t->o->hist)
		return;
	err = gosym_func_signature(b, f, &sig);
	if (err)
		fprintf(t->out->file, "  no arguments: %s\n", gosym_error_message(err));
	else
		print_args(t->out, b, site, sig);
}

int dry_run(const struct options *o, const struct probes *probes, bool json, struct out *out)
{
	const struct dry_run run = { .o = o, .probes = probes, .out = out };
	struct gosym_error *err = NULL;

	if (json)
		err = gosym_plan_emit(probes->plan, "json", probes->target.absolute, out->file);
	for (size_t i = 0; i < probes->num && !json; i++)
		print_func_plan(&run, probes->funcs[i]);
	for (size_t i = 0; i < probes->copies.num && !json; i++)
		print_copy_plan(&run, &probes->copies.data[i]);
	return err ? fail(err) : EXIT_DONE;
}
