/* SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later */
/* The open binary: owns every reader and caches what they found. */
#ifndef GOSYM_BINARY_H
#define GOSYM_BINARY_H

#include "gosym/arena.h"
#include "gosym/buildinfo.h"
#include "gosym/debugfile.h"
#include "gosym/dwarf.h"
#include "gosym/elf.h"
#include "gosym/func.h"
#include "gosym/goversion.h"
#include "gosym/intern.h"
#include "gosym/moduledata.h"
#include "gosym/nameindex.h"
#include "gosym/pclntab.h"

/* What the layers to the right hang on the binary; freed by gosym_close() through destroy. */
struct binary_ext {
	void *data;
	void (*destroy)(void *data);
};
enum binary_ext_slot { EXT_ABI, EXT_SITES, EXT_COPIES, EXT_TRACER, EXT_STACKS, NUM_EXT };

struct gosym_binary {
	struct arena arena;
	struct elf_file *elf;
	struct goversion version;
	struct buildinfo buildinfo;
	struct pclntab pclntab;
	struct moduledata moduledata;
	struct dwarf *dwarf;		/* NULL until asked for: binary_dwarf() */
	bool dwarf_tried;
	struct debugfile debug;		/* where it is from, if not from elf itself */
	bool in_memory;			/* opened from there: the file system is left alone */
	struct gosym_info *info;	/* NULL until asked for */
	struct nameindex func_index;	/* of pclntab.funcs; built by the first gosym_func_find() */
	struct inlined_index *inlined;	/* NULL until asked for; in the arena */
	const struct gosym_type **types;	/* by name; NULL until asked for; in the arena */
	size_t num_types;
	struct rtypes *rtypes;		/* NULL until asked for; in the arena */
	struct intern strings;		/* names composed for getters */
	struct binary_ext ext[NUM_EXT];
};

/* The DWARF reader, opened on first use; *ret = NULL (no error) where neither the file nor a separate debug file
 * has any. */
struct gosym_error *binary_dwarf(struct gosym_binary *b, struct dwarf **ret);
/* Offset of a field of a runtime struct, e.g. ("runtime.g", "goid"): from DWARF, else from the table of this
 * version (goruntime_layouts.c). *source says which. GOSYM_UNSUPPORTED if neither knows. */
struct gosym_error *binary_runtime_offset(struct gosym_binary *b, const char *type, const char *field,
					  uint64_t *ret, const char **source);

#endif
