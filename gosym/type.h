/* SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later */
/*
 * The Go type, independent of where it was read from. A reader (dwarf.c, rtype.c) fills a type in; the
 * types it points to are resolved on first use, because following them all would read the whole file.
 * Fields and array elements are contained by value and therefore resolved at once (they cannot be cyclic).
 */
#ifndef GOSYM_TYPE_H
#define GOSYM_TYPE_H

#include "gosym/arena.h"
#include "gosym/error.h"

struct type_source {
	void *reader;
	/* The type behind a reference of this reader; NULL if it cannot be read. */
	const struct gosym_type *(*resolve)(void *reader, uint64_t ref);
	enum gosym_evidence evidence;
};

struct type_method {
	const char *name;
	uint64_t type_ref;		/* a func type without receiver */
	uint64_t code;			/* entry of the method; 0 in interfaces and where it was not kept */
	uint64_t iface_code;		/* the same for calls through an interface */
};

struct gosym_type {
	const char *name;
	enum gosym_kind kind;
	bool empty_interface;
	bool is_dict;			/* a generic function's dictionary type */
	uint64_t size, len;
	unsigned align;
	uint64_t runtime_type;		/* address of the run-time descriptor; 0 unknown */
	const struct gosym_type *elem, *key;	/* NULL until resolved: use the getters */
	uint64_t elem_ref, key_ref;	/* what resolve() takes; 0 none */
	const struct type_source *source;
	struct gosym_field *fields;
	size_t num_fields;
	bool direct;			/* an interface's data word holds the value; from descriptors only */
	bool has_signature, variadic;	/* of funcs */
	const uint64_t *signature_refs;	/* what resolve() takes: parameters, then results */
	size_t num_in, num_out;
	struct type_method *methods;	/* from descriptors only */
	size_t num_methods;
};

/* Size, alignment and kind of the predeclared types, by kind; NULL for composite kinds. */
const struct gosym_type *type_basic(enum gosym_kind kind, unsigned ptr_size);
/* Fills t->align from kind, fields, element. max_align is the arch's for 8-byte scalars (4 on 386, arm). */
void type_set_align(struct gosym_type *t, unsigned ptr_size, unsigned max_align);
/* What an embedded field of a type so called is called: "Request" of "*net/http.Request". */
const char *type_embedded_name(const char *type);
/* "int", …: the kind's name. */
const char *type_kind_name(enum gosym_kind kind);

#endif
