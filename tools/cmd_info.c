// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/* gosym info: what a Go program's file says of itself as a whole. */
#include <inttypes.h>
#include <string.h>

#include "gosym/cleanup.h"
#include "tools/command.h"
#include "tools/out.h"
#include "tools/target.h"

static const char text[] =
	"Prints the Go version, architecture, how the program was linked, which tables it has\n"
	"and what it was built from. With -v also where the fields of the runtime's own structs\n"
	"are that gosym reads, and what told so: DWARF or a table.\n\n"
	"Example:\n"
	"  gosym info /usr/local/bin/caddy\n";

static const char *link_name(enum gosym_link link)
{
	switch (link) {
	case GOSYM_LINK_STATIC: return "static";
	case GOSYM_LINK_PIE: return "PIE";
	case GOSYM_LINK_STATIC_PIE: return "static PIE";
	case GOSYM_LINK_DYNAMIC: return "dynamic";
	case GOSYM_LINK_SHARED_OBJECT: return "shared object";
	}
	return "unknown";
}

/* ------------------------------------------------------------------- text */

enum { KEY_WIDTH = 13 };

static void section(const struct out *out, const char *name)
{
	fprintf(out->file, "%s%s%s\n", out_bold(out), name, out_plain(out));
}

static void line(const struct out *out, const char *key, const char *value)
{
	if (value)
		fprintf(out->file, "  %-*s %s\n", KEY_WIDTH, key, value);
}

static void line_from(const struct out *out, const char *key, const char *value, const char *source)
{
	if (value)
		fprintf(out->file, "  %-*s %s%s%s%s\n", KEY_WIDTH, key, value,
			source ? " (from " : "", source ? source : "", source ? ")" : "");
}

static void print_tables(const struct out *out, const struct gosym_info *i)
{
	section(out, "tables");
	fprintf(out->file, "  %-*s %zu\n", KEY_WIDTH, "functions", i->num_funcs);
	if (i->pclntab_version)
		fprintf(out->file,
			"  %-*s layout of Go %s, 0x%" PRIx64 ", %" PRIu64 " bytes (%s)\n",
			KEY_WIDTH, "pclntab", i->pclntab_version, i->pclntab_addr, i->pclntab_size,
			i->pclntab_source ? i->pclntab_source : "?");
	fprintf(out->file, "  %-*s 0x%" PRIx64 "-0x%" PRIx64 "%s%s%s\n", KEY_WIDTH, "text", i->text,
		i->etext, i->text_source ? " (" : "", i->text_source ? i->text_source : "",
		i->text_source ? ")" : "");
	if (i->moduledata)
		fprintf(out->file, "  %-*s 0x%" PRIx64 "\n", KEY_WIDTH, "moduledata",
			i->moduledata);
	line(out, "symtab", i->has_symtab ? "yes" : "no");
	if (i->has_dwarf)
		fprintf(out->file, "  %-*s version %u\n", KEY_WIDTH, "DWARF", i->dwarf_version);
	else
		line(out, "DWARF", "no");
	line_from(out, "debug file", i->debug_file, i->debug_file_source);
	line(out, "no debug file", i->debug_file_missing);
}

static void print_modules(const struct out *out, const struct gosym_info *i)
{
	if (!i->module_path && !i->num_deps)
		return;
	section(out, "modules");
	if (i->module_path)
		fprintf(out->file, "  %-*s %s %s\n", KEY_WIDTH, "module", i->module_path,
			i->module_version ? i->module_version : "");
	for (size_t k = 0; k < i->num_deps; k++) {
		const struct gosym_module *m = &i->deps[k];

		fprintf(out->file, "  %-*s %s %s%s%s\n", KEY_WIDTH, "dependency", m->path,
			m->version ? m->version : "", m->replaced_by ? " => " : "",
			m->replaced_by ? m->replaced_by : "");
	}
}

static void print_text(const struct out *out, const struct gosym_info *i)
{
	section(out, "build");
	line(out, "file", i->path);
	line_from(out, "Go version", i->go_version, i->version_source);
	if (i->newer)
		fprintf(out->file, "  %-*s newer than the tables, which end with Go 1.%d: read by their newest rows, which\n"
				   "  %-*s its own records do not contradict\n",
			KEY_WIDTH, "", gosym_newest_release(), KEY_WIDTH, "");
	fprintf(out->file, "  %-*s %s, %u bits, %s-endian\n", KEY_WIDTH, "arch",
		i->arch ? i->arch : "?", i->ptr_size * 8, i->big_endian ? "big" : "little");
	line(out, "ABI", i->abi);
	fprintf(out->file, "  %-*s %s%s\n", KEY_WIDTH, "link", link_name(i->link),
		i->cgo ? ", with cgo" : "");
	line(out, "main package", i->main_path);
	line(out, "build id", i->build_id);
	line(out, "Go build id", i->go_build_id);
	for (size_t k = 0; k < i->num_settings; k++)
		fprintf(out->file, "  %-*s %s=%s\n", KEY_WIDTH, "setting", i->settings[k].key,
			i->settings[k].value);
	print_tables(out, i);
	print_modules(out, i);
}

static void print_offsets(const struct out *out, const struct gosym_runtime_offset *offsets, size_t num)
{
	section(out, "runtime fields");
	for (size_t k = 0; k < num; k++) {
		const struct gosym_runtime_offset *o = &offsets[k];
		char name[64];

		snprintf(name, sizeof(name), "%s.%s", o->type, o->field);
		if (o->source)
			fprintf(out->file, "  %-24s %" PRIu64 " (from %s)\n", name, o->offset, o->source);
		else
			fprintf(out->file, "  %-24s unknown: neither DWARF nor the table has it\n", name);
	}
}

/* ------------------------------------------------------------------- JSON */

static void member(struct json *j, const char *key, const char *value)
{
	json_key(j, key);
	json_str(j, value);
}

static void member_hex(struct json *j, const char *key, uint64_t value)
{
	json_key(j, key);
	if (value)
		json_hex(j, value);
	else
		json_null(j);
}

static void json_tables(struct json *j, const struct gosym_info *i)
{
	json_key(j, "symtab");
	json_bool(j, i->has_symtab);
	json_key(j, "dwarf");
	if (i->has_dwarf)
		json_uint(j, i->dwarf_version);
	else
		json_null(j);
	if (i->debug_file) {
		member(j, "debug_file", i->debug_file);
		member(j, "debug_file_source", i->debug_file_source);
	}
	if (i->debug_file_missing)
		member(j, "debug_file_missing", i->debug_file_missing);
	json_key(j, "pclntab");
	json_object(j);
	member(j, "version", i->pclntab_version);
	member(j, "source", i->pclntab_source);
	member_hex(j, "address", i->pclntab_addr);
	json_key(j, "size");
	json_uint(j, i->pclntab_size);
	json_object_end(j);
	member_hex(j, "text", i->text);
	member_hex(j, "etext", i->etext);
	member(j, "text_source", i->text_source);
	member_hex(j, "moduledata", i->moduledata);
	json_key(j, "functions");
	json_uint(j, i->num_funcs);
}

static void json_modules(struct json *j, const struct gosym_info *i)
{
	json_key(j, "module");
	if (i->module_path) {
		json_object(j);
		member(j, "path", i->module_path);
		member(j, "version", i->module_version);
		json_object_end(j);
	} else {
		json_null(j);
	}
	json_key(j, "dependencies");
	json_array(j);
	for (size_t k = 0; k < i->num_deps; k++) {
		json_object(j);
		member(j, "path", i->deps[k].path);
		member(j, "version", i->deps[k].version);
		member(j, "replaced_by", i->deps[k].replaced_by);
		json_object_end(j);
	}
	json_array_end(j);
	json_key(j, "settings");
	json_object(j);
	for (size_t k = 0; k < i->num_settings; k++)
		member(j, i->settings[k].key, i->settings[k].value);
	json_object_end(j);
}

static void json_offsets(struct json *j, const struct gosym_runtime_offset *offsets, size_t num)
{
	json_key(j, "runtime_offsets");
	json_array(j);
	for (size_t k = 0; k < num; k++) {
		json_object(j);
		member(j, "type", offsets[k].type);
		member(j, "field", offsets[k].field);
		json_key(j, "offset");
		if (offsets[k].source)
			json_uint(j, offsets[k].offset);
		else
			json_null(j);
		member(j, "source", offsets[k].source);
		json_object_end(j);
	}
	json_array_end(j);
}

static void print_json(struct json *j, const struct gosym_info *i, const struct gosym_runtime_offset *offsets,
		       size_t num)
{
	json_object(j);
	member(j, "path", i->path);
	member(j, "go", i->go_version);
	member(j, "version_source", i->version_source);
	json_key(j, "newer_than_tables");
	json_bool(j, i->newer);
	member(j, "arch", i->arch);
	member(j, "abi", i->abi);
	member(j, "link", link_name(i->link));
	json_key(j, "cgo");
	json_bool(j, i->cgo);
	json_key(j, "big_endian");
	json_bool(j, i->big_endian);
	json_key(j, "ptr_size");
	json_uint(j, i->ptr_size);
	member(j, "build_id", i->build_id);
	member(j, "go_build_id", i->go_build_id);
	member(j, "main", i->main_path);
	json_tables(j, i);
	json_modules(j, i);
	if (offsets)
		json_offsets(j, offsets, num);
	json_object_end(j);
	json_line(j);
}

static int run(const struct options *o)
{
	_cleanup_(target_close) struct target t;
	int status = target_open(o->args[0], &t);
	const struct gosym_info *info;
	_cleanup_free_ struct gosym_runtime_offset *offsets = NULL;
	struct gosym_error *err;
	size_t num = 0;
	struct out out;

	if (status)
		return status;
	err = gosym_binary_info(t.binary, &info);
	if (!err && o->verbose)
		err = gosym_runtime_offsets(t.binary, &offsets, &num);
	if (err)
		return fail(err);
	if (!out_open(o, &out))
		return EXIT_FAILED;
	if (o->json)
		print_json(&out.json, info, offsets, num);
	else
		print_text(&out, info);
	if (offsets && !o->json)
		print_offsets(&out, offsets, num);
	return out_close(&out) ? EXIT_DONE : EXIT_FAILED;
}

const struct command cmd_info = {
	.name = "info",
	.synopsis = "[OPTION…] TARGET",
	.summary = "what the program is: version, build, tables",
	.text = text,
	.min_args = 1,
	.max_args = 1,
	.run = run,
};
