/* SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later */
/* FUNCDATA_ArgInfo: what a traceback prints of a function's arguments, read and written. */
#ifndef ABI_ARGSINFO_H
#define ABI_ARGSINFO_H

#include "abi/assign.h"

enum {
	ARGS_MAX_BYTES = 171,		/* of a stream (internal/abi: TraceArgsMaxLen) */
	ARGS_MAX_ITEMS = 64,		/* above what the compiler's limit of ten gives */
};

/* One scalar, or "{}": an aggregate that prints nothing. */
struct args_component {
	uint16_t offset;		/* from args base: its place on the stack, or its spill slot */
	uint8_t size;			/* 0: "{}" */
	uint8_t depth;			/* aggregates around it */
	bool far;			/* behind the offsets the stream can say: neither offset nor size are known */
};

/* One argument of the function. */
struct args_group {
	uint8_t first, num;		/* components */
	uint8_t begin, end;		/* bytes of the stream */
	bool cut;			/* the stream ends within it */
	bool deep;			/* parts of it are nested too deep to be listed */
};

struct args_info {
	uint8_t bytes[ARGS_MAX_BYTES];
	size_t num_bytes;		/* with the end mark */
	struct args_component components[ARGS_MAX_ITEMS];
	struct args_group groups[ARGS_MAX_ITEMS];
	size_t num_components, num_groups;
	bool cut;			/* arguments follow that are not listed */
};

/* GOSYM_NOT_FOUND for a function that has none; GOSYM_BAD_DATA. */
struct gosym_error *argsinfo_read(struct gosym_binary *b, const struct gosym_func *f, struct args_info *ret);
struct gosym_error *argsinfo_decode(const struct bytes *stream, struct args_info *ret);

/* What the compiler writes for these arguments. False where a type's parts are not known. */
bool argsinfo_encode(const struct abi_slot *params, size_t num_params, unsigned ptr_size,
		     uint8_t bytes[ARGS_MAX_BYTES], size_t *ret_num);
/* Offset and size of a group as a whole; false if it is not listed in full. */
bool argsinfo_extent(const struct args_info *info, const struct args_group *g, uint32_t *ret_off,
		     uint32_t *ret_size);

#endif
