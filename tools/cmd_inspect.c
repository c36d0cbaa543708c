// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/* gosym inspect: all about a function: signature, places, probe point, returns, inlined copies. */
#include <inttypes.h>
#include <limits.h>
#include <string.h>

#include "gosym/cleanup.h"
#include "tools/command.h"
#include "tools/out.h"
#include "tools/target.h"
#include "tools/verify.h"

static const char text[] =
	"Tells all that is known of a function: its signature and from where it is known, the\n"
	"register or stack slot of each argument and result, where a probe would be put and why\n"
	"there, the return instructions, and the places where the compiler inlined it. A place\n"
	"such as 8(SP) counts from the stack pointer as it was when the function was entered.\n\n"
	"With --verify, compares these places for every function (or those of FUNC) with each\n"
	"other source the file has: DWARF's locations at the first instruction, argument info,\n"
	"the code that keeps registers when the stack grows, the size of the argument area; and\n"
	"decodes every probe point and return. Prints what disagrees, with the reason where the\n"
	"file itself shows which side is wrong, and a summary. The exit status is 1 if a\n"
	"disagreement has no explanation.\n\n"
	"Examples:\n"
	"  gosym inspect ./server 'main.(*Store).Get'\n"
	"  gosym inspect --verify ./server\n";

static const struct option_spec options[] = {
	OPTION(0, "verify", OPTION_FLAG, verify, NULL,
	       "compare all that is known of the functions with every source in the file"),
	{ .name = NULL },
};

/* Everything asked of the library for one function; what is not there is NULL or 0. */
struct facts {
	const struct gosym_info *info;
	const struct gosym_func *func;
	const struct gosym_signature *sig;
	const struct gosym_site *site;
	const struct gosym_site *values;	/* the site that shows float arguments, if it is another */
	const struct gosym_exit *exits;	/* that show results */
	size_t num_exits;
	const uint64_t *returns;
	size_t num_returns;
	const struct gosym_inlined *inlined;
	size_t num_inlined;
	const char *file, *package, *receiver;
	unsigned line;
	struct gosym_error *sig_error, *site_error, *returns_error;
};

static void facts_deinit(struct facts *f)
{
	gosym_error_destroy(f->sig_error);
	gosym_error_destroy(f->site_error);
	gosym_error_destroy(f->returns_error);
}

/* Where floats in registers can be had all the same. */
static void floats_init(struct gosym_binary *b, struct facts *f)
{
	if (f->site_error)
		return;
	_cleanup_error_ struct gosym_error *no_site = gosym_func_values_site(b, f->func, &f->values);
	_cleanup_error_ struct gosym_error *no_exits =
		gosym_func_values_exits(b, f->func, &f->exits, &f->num_exits);

	if (no_site || f->values == f->site)
		f->values = NULL;
	if (no_exits)
		f->num_exits = 0;
}

static struct gosym_error *facts_init(struct gosym_binary *b, const struct gosym_func *func,
				      struct facts *f)
{
	struct gosym_error *err;

	*f = (struct facts){ .func = func };
	err = gosym_binary_info(b, &f->info);
	if (err)
		return err;
	f->package = gosym_func_package(b, func);
	f->receiver = gosym_func_receiver(b, func);
	gosym_func_source(b, func, &f->file, &f->line);
	f->sig_error = gosym_func_signature(b, func, &f->sig);
	f->site_error = gosym_func_entry_site(b, func, &f->site);
	f->returns_error = gosym_func_returns(b, func, &f->returns, &f->num_returns);
	floats_init(b, f);
	return gosym_func_inlined(b, gosym_func_name(func), &f->inlined, &f->num_inlined);
}

/* A type's name; where only the size is known, "?8". */
static const char *type_text(const struct gosym_param *p, char buf[32])
{
	if (p->type)
		return gosym_type_name(p->type);
	snprintf(buf, 32, "?%" PRIu64, p->size);
	return buf;
}

/* ------------------------------------------------------------------- text */

enum { KEY_WIDTH = 10 };

static void key(const struct out *out, const char *name)
{
	fprintf(out->file, "  %-*s ", KEY_WIDTH, name);
}

static void print_params(const struct out *out, const struct gosym_param *params, size_t num)
{
	const char *sep = "";
	char buf[32];

	for (size_t i = 0; i < num; i++) {
		if (params[i].hidden)
			continue;
		fprintf(out->file, "%s%s%s%s", sep, params[i].name ? params[i].name : "",
			params[i].name ? " " : "", type_text(&params[i], buf));
		sep = ", ";
	}
}

/* Results are named ~r0, … by the compiler where the source gives no name. */
static bool named_by_source(const struct gosym_param *p)
{
	return p->name && p->name[0] != '~' && strcmp(p->name, "_") != 0;
}

static void print_results(const struct out *out, const struct gosym_signature *sig)
{
	bool named = false;
	char buf[32];

	for (size_t i = 0; i < sig->num_results; i++)
		named |= named_by_source(&sig->results[i]);
	if (!sig->num_results)
		return;
	putc(' ', out->file);
	if (sig->num_results == 1 && !named) {
		fputs(type_text(&sig->results[0], buf), out->file);
		return;
	}
	putc('(', out->file);
	for (size_t i = 0; i < sig->num_results; i++)
		fprintf(out->file, "%s%s%s%s", i ? ", " : "",
			named && sig->results[i].name ? sig->results[i].name : "",
			named && sig->results[i].name ? " " : "", type_text(&sig->results[i], buf));
	putc(')', out->file);
}

/* "func (s *Server) Serve(l net.Listener) error" */
static void print_signature(const struct out *out, const struct facts *f)
{
	const char *name = gosym_func_name(f->func);
	size_t package = f->package ? strlen(f->package) : 0;
	size_t first = 0;

	if (package && !strncmp(name, f->package, package) && name[package] == '.')
		name += package + 1;
	key(out, "signature");
	fputs("func ", out->file);
	if (f->sig->has_receiver) {
		while (first < f->sig->num_params && f->sig->params[first].hidden)
			first++;
		putc('(', out->file);
		print_params(out, f->sig->params + first, first < f->sig->num_params);
		fputs(") ", out->file);
		first++;
		if (f->receiver && !strncmp(name, f->receiver, strlen(f->receiver)))
			name += strlen(f->receiver) + (name[strlen(f->receiver)] == '.');
	}
	fprintf(out->file, "%s%s%s(", out_bold(out), name, out_plain(out));
	if (first < f->sig->num_params)
		print_params(out, f->sig->params + first, f->sig->num_params - first);
	putc(')', out->file);
	print_results(out, f->sig);
	fprintf(out->file, "   %s(from %s)%s\n", out_dim(out), gosym_evidence_name(f->sig->source),
		out_plain(out));
}

static void print_place(const struct out *out, const struct gosym_binary *b,
			const struct gosym_param *p)
{
	if (p->missing) {
		fprintf(out->file, "unavailable: %s", p->missing);
		return;
	}
	if (!p->num_pieces)
		fputs("no bytes", out->file);
	for (size_t i = 0; i < p->num_pieces; i++) {
		if (i)
			fputs(", ", out->file);
		if (p->pieces[i].place == GOSYM_IN_REG)
			fputs(gosym_reg_name(b, p->pieces[i].where), out->file);
		else
			fprintf(out->file, "%d(SP)", p->pieces[i].where);
	}
}

static void print_table(const struct out *out, const struct gosym_binary *b, const char *title,
			const struct gosym_param *params, size_t num)
{
	int name_width = 1, type_width = 1;
	const char *first = title;
	char buf[32];

	for (size_t i = 0; i < num; i++) {
		int name = params[i].name ? strlen(params[i].name) : 1,
		    type = strlen(type_text(&params[i], buf));

		name_width = name > name_width ? name : name_width;
		type_width = type > type_width && type <= 40 ? type : type_width;
	}
	for (size_t i = 0; i < num; i++) {
		if (params[i].hidden)
			continue;
		key(out, first);
		first = "";
		fprintf(out->file, "%-*s  %-*s  ", name_width,
			params[i].name ? params[i].name : "-", type_width,
			type_text(&params[i], buf));
		print_place(out, b, &params[i]);
		putc('\n', out->file);
	}
}

/* Calls print for each float register of the arguments that is in memory at the site. */
static void each_float(const struct facts *f, const struct gosym_binary *b, void *arg,
		       void (*print)(void *arg, const struct gosym_binary *b, int32_t reg,
				     const struct gosym_site_loc *loc))
{
	for (size_t i = 0; f->sig && i < f->sig->num_params; i++) {
		const struct gosym_param *p = &f->sig->params[i];

		for (size_t k = 0; k < p->num_pieces && !p->missing; k++) {
			struct gosym_site_loc loc = gosym_site_find(f->values, &p->pieces[k]);

			if (p->pieces[k].place == GOSYM_IN_REG && loc.kind != GOSYM_LOC_LOST &&
			    gosym_reg_is_float(b, p->pieces[k].where) &&
			    !(loc.kind == GOSYM_LOC_REG && gosym_reg_is_float(b, loc.where)))
				print(arg, b, p->pieces[k].where, &loc);
		}
	}
}

static void print_float(void *arg, const struct gosym_binary *b, int32_t reg,
			const struct gosym_site_loc *loc)
{
	const struct out *out = arg;

	fprintf(out->file, "%s ", gosym_reg_name(b, reg));
	if (loc->kind == GOSYM_LOC_REG)
		fprintf(out->file, "in %s  ", gosym_reg_name(b, loc->where));
	else
		fprintf(out->file, "at %d(SP)  ", loc->where);
}

/* "X0 at 8(SP)", "X0 = 0" */
static void print_exit_float(const struct out *out, const struct gosym_binary *b,
			     const struct gosym_exit_float *f)
{
	fputs(gosym_reg_name(b, f->reg), out->file);
	switch (f->kind) {
	case GOSYM_FLOAT_ZERO:
		fputs(" = 0", out->file);
		break;
	case GOSYM_FLOAT_IN:
		fprintf(out->file, " in %s", gosym_reg_name(b, f->base));
		break;
	case GOSYM_FLOAT_BEHIND:
		fprintf(out->file, " at %" PRId64 "(%s)", f->off, gosym_reg_name(b, f->base));
		break;
	case GOSYM_FLOAT_AT:
		fprintf(out->file, " at 0x%" PRIx64, (uint64_t)f->off);
		break;
	}
	fputs("  ", out->file);
}

static void print_floats(const struct out *out, const struct gosym_binary *b, const struct facts *f)
{
	const struct gosym_site *s = f->values;

	if (s) {
		key(out, "floats");
		fprintf(out->file, "0x%" PRIx64 " (file offset 0x%" PRIx64 ")  %s  %s\n", s->addr,
			s->file_off, s->insn,
			s->cost == GOSYM_EMULATED ? "emulated: cheap" : "single-stepped: costs more");
		key(out, "");
		each_float(f, b, (void *)out, print_float);
		fprintf(out->file, "%s%s%s\n", out_dim(out), s->why, out_plain(out));
	}
	for (size_t i = 0; i < f->num_exits; i++) {
		const struct gosym_exit *e = &f->exits[i];

		if (!e->num_floats)
			continue;
		key(out, "floats");
		fprintf(out->file, "0x%" PRIx64 "  ", e->addr);
		for (size_t k = 0; k < e->num_floats; k++)
			print_exit_float(out, b, &e->floats[k]);
		fprintf(out->file, "%s%s%s\n", out_dim(out), e->before ? "before the return" : "at the return",
			out_plain(out));
	}
}

static void print_probe(const struct out *out, const struct facts *f)
{
	const struct gosym_site *s = f->site;

	key(out, "probe");
	if (!s) {
		fprintf(out->file, "none: %s\n", gosym_error_message(f->site_error));
		return;
	}
	fprintf(out->file, "0x%" PRIx64 " (file offset 0x%" PRIx64 ")  %s  %s, %s\n", s->addr,
		s->file_off, s->insn,
		s->cost == GOSYM_EMULATED ? "emulated: cheap" : "single-stepped: costs more",
		s->exact ? "once per call" : "may count a call twice");
	if (s->why) {
		key(out, "");
		fprintf(out->file, "%s%s%s\n", out_dim(out), s->why, out_plain(out));
	}
	if (s->slow.addr) {
		key(out, "");
		fprintf(out->file, "%sits register arguments are not kept while its stack grows: noted at 0x%" PRIx64 "%s\n",
			out_dim(out), s->slow.addr, out_plain(out));
	}
}

static void print_exits(const struct out *out, const struct facts *f)
{
	key(out, "returns");
	if (f->returns_error)
		fprintf(out->file, "unknown: %s", gosym_error_message(f->returns_error));
	else if (!f->num_returns)
		fputs("never", out->file);
	for (size_t i = 0; i < f->num_returns; i++)
		fprintf(out->file, "%s0x%" PRIx64, i ? " " : "", f->returns[i]);
	putc('\n', out->file);
	for (size_t i = 0; i < f->num_inlined; i++) {
		const struct gosym_inlined *in = &f->inlined[i];

		key(out, i ? "" : "inlined");
		fprintf(out->file, "0x%" PRIx64 "  in %s  %s:%u\n", in->addr,
			in->caller ? in->caller : "?", in->file ? in->file : "?", in->line);
	}
}

static void print_text(const struct out *out, const struct gosym_binary *b, const struct facts *f)
{
	fprintf(out->file, "%s%s%s\n", out_bold(out), gosym_func_name(f->func), out_plain(out));
	if (f->sig) {
		print_signature(out, f);
	} else {
		key(out, "signature");
		fprintf(out->file, "unknown: %s\n", gosym_error_message(f->sig_error));
	}
	key(out, "source");
	if (f->file)
		fprintf(out->file, "%s:%u\n", f->file, f->line);
	else
		fputs("unknown\n", out->file);
	key(out, "code");
	fprintf(out->file, "0x%" PRIx64 "-0x%" PRIx64 ", %s, %s, %s%s\n", gosym_func_entry(f->func),
		gosym_func_end(f->func), f->info->arch,
		f->info->go_version ? f->info->go_version : "unknown Go version",
		gosym_func_abi(f->func),
		gosym_func_is_wrapper(f->func) ? ", made by the compiler" : "");
	if (f->sig) {
		print_table(out, b, "arguments", f->sig->params, f->sig->num_params);
		print_table(out, b, "results", f->sig->results, f->sig->num_results);
	}
	print_probe(out, f);
	print_exits(out, f);
	print_floats(out, b, f);
	if (f->sig && f->sig->proof) {
		key(out, "proof");
		fprintf(out->file, "%s\n", f->sig->proof);
	}
	if (f->sig && f->sig->note) {
		key(out, "note");
		fprintf(out->file, "%s\n", f->sig->note);
	}
}

/* ------------------------------------------------------------------- JSON */

static void member(struct json *j, const char *name, const char *value)
{
	json_key(j, name);
	json_str(j, value);
}

static void member_hex(struct json *j, const char *name, uint64_t value)
{
	json_key(j, name);
	json_hex(j, value);
}

static void json_pieces(struct json *j, const struct gosym_binary *b, const struct gosym_param *p)
{
	json_key(j, "pieces");
	json_array(j);
	for (size_t i = 0; i < p->num_pieces && !p->missing; i++) {
		json_object(j);
		json_key(j, "offset");
		json_uint(j, p->pieces[i].offset);
		json_key(j, "size");
		json_uint(j, p->pieces[i].size);
		if (p->pieces[i].place == GOSYM_IN_REG) {
			member(j, "reg", gosym_reg_name(b, p->pieces[i].where));
		} else {
			json_key(j, "stack");
			json_int(j, p->pieces[i].where);
		}
		json_object_end(j);
	}
	json_array_end(j);
	if (p->missing)
		member(j, "missing", p->missing);
}

static void json_params(struct json *j, const struct gosym_binary *b, const char *name,
			const struct gosym_param *params, size_t num)
{
	char buf[32];

	json_key(j, name);
	json_array(j);
	for (size_t i = 0; i < num; i++) {
		if (params[i].hidden)
			continue;
		json_object(j);
		member(j, "name", params[i].name);
		member(j, "type", type_text(&params[i], buf));
		json_key(j, "size");
		json_uint(j, params[i].size);
		json_pieces(j, b, &params[i]);
		json_object_end(j);
	}
	json_array_end(j);
}

static void json_site(struct json *j, const struct gosym_site *s)
{
	member_hex(j, "address", s->addr);
	member_hex(j, "file_offset", s->file_off);
	member(j, "instruction", s->insn);
	member(j, "cost", s->cost == GOSYM_EMULATED ? "emulated" : "stepped");
	json_key(j, "exact");
	json_bool(j, s->exact);
	member(j, "why", s->why);
	if (s->slow.addr)
		member_hex(j, "slow_path", s->slow.addr);
}

static void json_probe(struct json *j, const struct facts *f)
{
	const struct gosym_site *s = f->site;

	json_key(j, "probe");
	if (!s) {
		json_null(j);
		member(j, "probe_error", gosym_error_message(f->site_error));
		return;
	}
	json_object(j);
	json_site(j, s);
	json_object_end(j);
}

static void json_arg_float(void *arg, const struct gosym_binary *b, int32_t reg,
			   const struct gosym_site_loc *loc)
{
	struct json *j = arg;

	json_object(j);
	member(j, "reg", gosym_reg_name(b, reg));
	if (loc->kind == GOSYM_LOC_REG) {
		member(j, "in", gosym_reg_name(b, loc->where));
	} else {
		json_key(j, "stack");
		json_int(j, loc->where);
	}
	json_object_end(j);
}

static void json_exit_float(struct json *j, const struct gosym_binary *b,
			    const struct gosym_exit_float *f)
{
	json_object(j);
	member(j, "reg", gosym_reg_name(b, f->reg));
	switch (f->kind) {
	case GOSYM_FLOAT_ZERO:
		json_key(j, "value");
		json_int(j, 0);
		break;
	case GOSYM_FLOAT_IN:
		member(j, "in", gosym_reg_name(b, f->base));
		break;
	case GOSYM_FLOAT_BEHIND:
		member(j, "base", gosym_reg_name(b, f->base));
		json_key(j, "offset");
		json_int(j, f->off);
		break;
	case GOSYM_FLOAT_AT:
		member_hex(j, "address", (uint64_t)f->off);
		break;
	}
	json_object_end(j);
}

/* Only where there is something to tell. */
static void json_floats(struct json *j, const struct gosym_binary *b, const struct facts *f)
{
	bool any = false;

	if (f->values) {
		json_key(j, "float_probe");
		json_object(j);
		json_site(j, f->values);
		json_key(j, "floats");
		json_array(j);
		each_float(f, b, j, json_arg_float);
		json_array_end(j);
		json_object_end(j);
	}
	for (size_t i = 0; i < f->num_exits; i++)
		any |= f->exits[i].num_floats;
	if (!any)
		return;
	json_key(j, "float_exits");
	json_array(j);
	for (size_t i = 0; i < f->num_exits; i++) {
		json_object(j);
		member_hex(j, "address", f->exits[i].addr);
		json_key(j, "floats");
		json_array(j);
		for (size_t k = 0; k < f->exits[i].num_floats; k++)
			json_exit_float(j, b, &f->exits[i].floats[k]);
		json_array_end(j);
		json_object_end(j);
	}
	json_array_end(j);
}

static void json_exits(struct json *j, const struct facts *f)
{
	json_key(j, "returns");
	json_array(j);
	for (size_t i = 0; i < f->num_returns; i++)
		json_hex(j, f->returns[i]);
	json_array_end(j);
	if (f->returns_error)
		member(j, "returns_error", gosym_error_message(f->returns_error));
}

static void json_inlined(struct json *j, const struct facts *f)
{
	json_key(j, "inlined_at");
	json_array(j);
	for (size_t i = 0; i < f->num_inlined; i++) {
		json_object(j);
		member_hex(j, "address", f->inlined[i].addr);
		member(j, "file", f->inlined[i].file);
		json_key(j, "line");
		json_uint(j, f->inlined[i].line);
		member(j, "caller", f->inlined[i].caller);
		json_object_end(j);
	}
	json_array_end(j);
}

static void print_json(struct json *j, const struct gosym_binary *b, const struct facts *f)
{
	json_object(j);
	member(j, "name", gosym_func_name(f->func));
	member(j, "package", f->package);
	member(j, "receiver", f->receiver);
	member_hex(j, "entry", gosym_func_entry(f->func));
	member_hex(j, "end", gosym_func_end(f->func));
	member(j, "file", f->file);
	json_key(j, "line");
	json_uint(j, f->line);
	member(j, "arch", f->info->arch);
	member(j, "go", f->info->go_version);
	member(j, "abi", gosym_func_abi(f->func));
	member(j, "signature_source",
	       gosym_evidence_name(f->sig ? f->sig->source : GOSYM_FROM_NONE));
	json_probe(j, f);
	json_exits(j, f);
	json_floats(j, b, f);
	json_params(j, b, "params", f->sig ? f->sig->params : NULL,
		    f->sig ? f->sig->num_params : 0);
	json_params(j, b, "results", f->sig ? f->sig->results : NULL,
		    f->sig ? f->sig->num_results : 0);
	json_inlined(j, f);
	if (f->sig) {
		member(j, "proof", f->sig->proof);
		member(j, "note", f->sig->note);
	} else {
		member(j, "note", gosym_error_message(f->sig_error));
	}
	json_object_end(j);
	json_line(j);
}

static struct gosym_error *inspect(struct out *out, const struct options *o, struct gosym_binary *b,
				   const struct gosym_func *func)
{
	_cleanup_(facts_deinit) struct facts f;
	struct gosym_error *err = facts_init(b, func, &f);

	if (err)
		return err;
	if (o->json)
		print_json(&out->json, b, &f);
	else
		print_text(out, b, &f);
	return NULL;
}

static int run_inspect(struct out *out, const struct options *o, const struct target *t,
		       const struct gosym_func *const *funcs, size_t num)
{
	for (size_t i = 0; i < num; i++) {
		struct gosym_error *err;

		if (i && !o->json)
			putc('\n', out->file);
		err = inspect(out, o, t->binary, funcs[i]);
		if (err)
			return fail(err);
	}
	return EXIT_DONE;
}

static int run(const struct options *o)
{
	_cleanup_free_ const struct gosym_func **funcs = NULL;
	_cleanup_(target_close) struct target t = { .binary = NULL };
	size_t num = 0;
	struct out out;
	int status;

	if (o->num_args < 2 && !o->verify) {
		complain("FUNC is missing: gosym inspect [OPTION…] TARGET FUNC…");
		return EXIT_USAGE;
	}
	status = target_open(o->args[0], &t);
	if (!status && o->num_args > 1)
		status = target_match(&t, o->args + 1, o->num_args - 1, &funcs, &num);
	if (status)
		return status;
	if (!out_open(o, &out))
		return EXIT_FAILED;
	status = o->verify ? verify(&out, o, &t, funcs, num) : run_inspect(&out, o, &t, funcs, num);
	return out_close(&out) ? status : EXIT_FAILED;
}

const struct command cmd_inspect = {
	.name = "inspect", .synopsis = "[OPTION…] TARGET FUNC… | --verify TARGET [FUNC…]",
	.summary = "a function's signature, where its values live, its probe point",
	.text = text, .options = options, .min_args = 1, .max_args = UINT_MAX, .run = run,
};
