/* SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later */
/* What the readers of type descriptors share: rtype_desc.c takes a descriptor apart, rtype.c
 * composes names, rtype_type.c makes a struct gosym_type, rtype_list.c finds all of them,
 * rtype_method.c maps code to the methods it belongs to. */
#ifndef GOSYM_RTYPE_INTERNAL_H
#define GOSYM_RTYPE_INTERNAL_H

#include "gosym/rtype.h"
#include "gosym/rtype_layouts.h"
#include "gosym/type.h"
#include "gosym/vec.h"

#define RT_MAX_NAME (1 << 16)		/* bytes of one name */

enum { NAME_EXPORTED = 1, NAME_HAS_TAG = 2, NAME_HAS_PATH = 4, NAME_EMBEDDED = 8 };
enum {
	TFLAG_UNCOMMON = 1,
	TFLAG_EXTRA_STAR = 2,
	TFLAG_DIRECT = 0x20,
	KIND_DIRECT = 0x20,
	KIND_MASK = 0x1f
};

/* A text borrowed from the file, not NUL-terminated. */
struct span { const char *s; size_t len; };

/* abi.Name, taken apart. */
struct name { struct span text, tag, path; uint8_t flags; };

/* The front of a descriptor. */
struct desc {
	uint64_t addr, size;
	uint8_t tflag, kind_byte, align;
	struct span string;		/* without the extra star */
	struct span path;		/* of a named type; empty for predeclared ones */
	bool named;
};

struct reader {
	struct gosym_binary *b;
	const struct rtype_layout *layout;
	unsigned ptr_size;
};

struct gosym_error *rt_reader_init(struct gosym_binary *b, struct reader *ret);
/* GOSYM_BAD_DATA: "<file>: type descriptor at 0x<addr>: <why>". */
struct gosym_error *rt_bad(struct reader *r, uint64_t addr, const char *why);
struct gosym_error *rt_desc(struct reader *r, uint64_t addr, struct desc *ret);
bool rt_is_direct(const struct reader *r, const struct desc *t);

/* Words at an address; false outside of the file. A word of rt_word() holds no address. */
bool rt_u8(struct reader *r, uint64_t addr, uint8_t *ret);
bool rt_u16(struct reader *r, uint64_t addr, uint16_t *ret);
bool rt_u32(struct reader *r, uint64_t addr, uint32_t *ret);
bool rt_word(struct reader *r, uint64_t addr, uint64_t *ret);
bool rt_ptr(struct reader *r, uint64_t addr, uint64_t *ret);

/* Size of abi.Type, and of the kind-specific part behind it, which the uncommon data follows. */
uint64_t rt_base_size(const struct reader *r);
uint64_t rt_kind_size(const struct reader *r, unsigned kind);

/* A list of fields or methods. */
struct members { uint64_t data, num; struct span path; };
struct func_parts {
	uint64_t in, out;		/* lists of type pointers */
	size_t num_in, num_out;
	bool variadic;
};
struct field_parts { struct name name; uint64_t type, offset; bool embedded; };
/* type 0: an entry the linker pruned. iface_code is entered with the receiver as an interface
 * holds it. Both are 0 in interfaces and where pruned. */
struct method_parts { struct name name; uint64_t type, iface_code, code; };

bool rt_func(struct reader *r, const struct desc *t, struct func_parts *ret);
bool rt_struct(struct reader *r, const struct desc *t, struct members *ret);
bool rt_field(struct reader *r, const struct members *m, uint64_t i, struct field_parts *ret);
bool rt_interface(struct reader *r, const struct desc *t, struct members *ret);
bool rt_interface_method(struct reader *r, const struct members *m, uint64_t i,
			 struct method_parts *ret);
/* The methods of a type that is no interface; none without uncommon data. */
bool rt_methods(struct reader *r, const struct desc *t, struct members *ret);
bool rt_method(struct reader *r, const struct members *m, uint64_t i, struct method_parts *ret);
/* The type's address from runtime.types; 0 where the linker left none. */
uint64_t rt_type_off(const struct reader *r, uint32_t off);

/* ---- what is kept with the binary ---- */

struct rtype_entry;			/* rtype_type.c: cache by address */
struct rtype_code;			/* rtype_method.c: methods by address of their code */
struct rtype_has;			/* rtype_held.c: methods by name */

struct rtypes {
	struct reader reader;
	struct type_source source;
	struct rtype_entry *cache;
	uint64_t budget;		/* bytes of members and names that may still be read */
	VEC(const struct gosym_type *) all;	/* in the order found */
	bool listed;
	struct { struct rtype_code *data; size_t num, cap; } code;	/* sorted by address */
	bool code_read;
	struct { struct rtype_has *data; size_t num, cap; } has;	/* rtype_held.c: sorted by name */
	bool has_read;
};

struct gosym_error *rtypes_get(struct gosym_binary *b, struct rtypes **ret);
/* The type at an address; depth is that of types inside types by value. */
struct gosym_error *rtype_type_at(struct rtypes *rt, uint64_t addr, unsigned depth,
				  const struct gosym_type **ret);
/* Whether addr was asked for before, whatever the answer was. */
bool rtype_type_known(const struct rtypes *rt, uint64_t addr);
/* Fills rt->all with every type that can be found. */
struct gosym_error *rtypes_list(struct rtypes *rt);
/* The descriptor of the pointer to a type, where it names one; 0. */
uint64_t rtype_pointer_to(struct rtypes *rt, uint64_t addr);
/* Calls visit for each itab: (interface type, concrete type, address of its code pointers). */
typedef struct gosym_error *rtype_itab_fn(struct rtypes *rt, uint64_t inter, uint64_t type,
					  uint64_t code, void *arg);
/* The itab that these code pointers belong to. */
uint64_t rtype_itab_of_code(const struct rtypes *rt, uint64_t code);
struct gosym_error *rtype_itabs(struct rtypes *rt, rtype_itab_fn *visit, void *arg);

#endif
