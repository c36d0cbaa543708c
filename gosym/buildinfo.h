/* SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later */
/* .go.buildinfo: toolchain version, main package, modules, build settings. Both formats
 * (debug/buildinfo/buildinfo.go): string headers behind pointers (1.13-1.17) and inline strings (1.18+). */
#ifndef GOSYM_BUILDINFO_H
#define GOSYM_BUILDINFO_H

#include "gosym/arena.h"
#include "gosym/elf.h"

struct buildinfo {
	const char *version;		/* NULL if unknown */
	const char *version_source;
	const char *path, *mod_path, *mod_version;
	struct gosym_module *deps;
	size_t num_deps;
	struct gosym_setting *settings;
	size_t num_settings;
};

/* Fills what can be found; a file without build info is not an error (version then comes from the
 * symbol runtime.buildVersion, if any). Strings live in the arena. */
struct gosym_error *buildinfo_read(struct elf_file *e, struct arena *a, struct buildinfo *ret);

#endif
