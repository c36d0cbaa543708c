/* SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later */
/*
 * gosym.h - read Go programs: functions, types, where arguments and results live, how to fetch them.
 *
 * Ownership  A gosym_binary owns everything reached through it. Pointers from getters are borrowed and
 *            live until gosym_close(). The caller frees three things: binaries, plans and errors.
 * Threads    One thread at a time per binary (DWARF is read on demand); separate binaries are independent.
 * Units      Addresses are link-time virtual addresses of the file, without load bias. File offsets are
 *            what a uprobe takes. Sizes are bytes. Stack offsets count from the stack pointer as it was
 *            before the first instruction of the function (amd64: the return address is at 0).
 * Errors     NULL is success. Results come through the last parameter, set only on success.
 */
#ifndef GOSYM_H
#define GOSYM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

#define GOSYM_API __attribute__((visibility("default")))

struct gosym_binary;
struct gosym_error;
struct gosym_func;
struct gosym_plan;
struct gosym_type;

/* ------------------------------------------------------------------ errors */

enum gosym_code {
	GOSYM_NOMEM,		/* out of memory */
	GOSYM_OS,		/* a system call failed; the message says which and why */
	GOSYM_NOT_GO,		/* not an ELF file, or not built by the gc toolchain */
	GOSYM_BAD_DATA,		/* the file contradicts itself; file, section and offset are named */
	GOSYM_UNSUPPORTED,	/* well formed, but beyond what this version knows */
	GOSYM_NOT_FOUND,	/* absent: no such function, type, section */
	GOSYM_INVALID,		/* the caller's input is wrong: pattern, expression, option */
	GOSYM_PERMISSION,	/* a capability is missing; the message names it */
};

GOSYM_API enum gosym_code gosym_error_code(const struct gosym_error *err);
/* One line, no trailing newline or full stop; lives as long as the error. */
GOSYM_API const char *gosym_error_message(const struct gosym_error *err);
GOSYM_API void gosym_error_destroy(struct gosym_error *err);		/* NULL is fine */

/* Version of the library, "0.1.0". */
GOSYM_API const char *gosym_version(void);

/* ---------------------------------------------------------------- binaries */

/* Open a Go executable or shared object by path. Reads the ELF headers, build info and the function
 * table; DWARF is read later and only as far as asked for. Stripped files are fine. */
GOSYM_API struct gosym_error *gosym_open(const char *path, struct gosym_binary **ret);
/* The same from a descriptor, which is duplicated; name is used in messages. */
GOSYM_API struct gosym_error *gosym_open_fd(int fd, const char *name, struct gosym_binary **ret);
/* The same from memory, which must outlive the binary and is not written. */
GOSYM_API struct gosym_error *gosym_open_mem(const void *data, size_t size, const char *name,
					     struct gosym_binary **ret);
GOSYM_API void gosym_close(struct gosym_binary *b);			/* NULL is fine */

enum gosym_link { GOSYM_LINK_STATIC, GOSYM_LINK_PIE, GOSYM_LINK_STATIC_PIE, GOSYM_LINK_DYNAMIC,
		  GOSYM_LINK_SHARED_OBJECT };

struct gosym_module { const char *path, *version, *replaced_by; };	/* replaced_by may be NULL */
struct gosym_setting { const char *key, *value; };			/* "-ldflags", "vcs.revision", "GOARCH" */

/* What the file as a whole says. Strings are NULL, counts 0 where the file does not tell. */
struct gosym_info {
	const char *path;
	const char *go_version;		/* as the toolchain wrote it: "go1.23.5", "devel go1.24-…" */
	const char *version_source;	/* ".go.buildinfo", "runtime.buildVersion", "DWARF producer", "pclntab magic" */
	const char *arch;		/* Go's name: "amd64" */
	const char *abi;		/* "ABIInternal" (register arguments) or "ABI0" (stack) for Go functions */
	enum gosym_link link;
	bool cgo;			/* C code is linked in */
	bool big_endian;
	bool has_symtab, has_dwarf;
	unsigned dwarf_version;		/* of the first Go unit; 0 without DWARF */
	unsigned ptr_size;
	const char *pclntab_version;	/* "1.2", "1.16", "1.18", "1.20" */
	const char *pclntab_source;	/* section name, "symbol runtime.pclntab" or "scan" */
	uint64_t pclntab_addr, pclntab_size, text, etext, moduledata;
	const char *text_source;	/* where the base of function entries was taken from */
	const char *build_id;		/* GNU build id in hex, or NULL */
	const char *go_build_id;	/* the Go tool's, or NULL */
	const char *main_path;		/* package path of main */
	const char *module_path, *module_version;
	const struct gosym_module *deps;
	size_t num_deps;
	const struct gosym_setting *settings;
	size_t num_settings;
	size_t num_funcs;
	bool newer;			/* than the tables: read by the newest rows, which its own records did not contradict */
	const char *debug_file;		/* the separate file the DWARF is in, or NULL */
	const char *debug_file_source;	/* how it was found: "build id", ".gnu_debuglink", "debuginfod" */
	const char *debug_file_missing;	/* why one that there seemed to be was not taken, or NULL */
};
GOSYM_API struct gosym_error *gosym_binary_info(struct gosym_binary *b, const struct gosym_info **ret);
/* The newest release the tables know: the N of Go 1.N. */
GOSYM_API int gosym_newest_release(void);

/* Where a field of the runtime's own structs is in this program. */
struct gosym_runtime_offset {
	const char *type, *field;	/* "runtime.g", "goid" */
	uint64_t offset;
	const char *source;		/* "DWARF", "table"; NULL: not known, offset means nothing */
};
/* All that are used, in the order of gosym's table. The array is the caller's to free(). */
GOSYM_API struct gosym_error *gosym_runtime_offsets(struct gosym_binary *b, struct gosym_runtime_offset **ret,
						    size_t *num_ret);

/* --------------------------------------------------------------- functions */

/* Sorted by entry: for (size_t i = 0; i < gosym_func_count(b); i++) use(gosym_func_at(b, i)); */
GOSYM_API size_t gosym_func_count(const struct gosym_binary *b);
GOSYM_API const struct gosym_func *gosym_func_at(const struct gosym_binary *b, size_t i);
/* Functions of a damaged table that are left out, for their records contradict themselves. */
GOSYM_API size_t gosym_func_unreadable(const struct gosym_binary *b);
/* By exact name, "net/http.(*Server).Serve"; the first by address if several carry it. */
GOSYM_API struct gosym_error *gosym_func_find(struct gosym_binary *b, const char *name,
					      const struct gosym_func **ret);
/* The function whose [entry, end) holds addr. */
GOSYM_API struct gosym_error *gosym_func_at_addr(struct gosym_binary *b, uint64_t addr,
						 const struct gosym_func **ret);
/* The address whose byte lies at this offset of the file, as mappings of a process tell it; false if none does. */
GOSYM_API bool gosym_addr_of_offset(const struct gosym_binary *b, uint64_t offset, uint64_t *ret);
/* All functions a pattern means: an exact name, else one without the type arguments ("main.Map"), else a glob in which "(*T)" is literal, else "/regex/"
 * (POSIX extended). The array is the caller's to free(); GOSYM_NOT_FOUND suggests near names. */
GOSYM_API struct gosym_error *gosym_func_match(struct gosym_binary *b, const char *pattern,
					       const struct gosym_func ***ret, size_t *num_ret);

GOSYM_API const char *gosym_func_name(const struct gosym_func *f);
GOSYM_API uint64_t gosym_func_entry(const struct gosym_func *f);
GOSYM_API uint64_t gosym_func_end(const struct gosym_func *f);		/* includes padding */
GOSYM_API const char *gosym_func_abi(const struct gosym_func *f);	/* "ABIInternal", "ABI0" */
GOSYM_API bool gosym_func_is_wrapper(const struct gosym_func *f);	/* compiler-made */
/* "net/http", receiver "(*Server)" or "T" or NULL. Borrowed. */
GOSYM_API const char *gosym_func_package(struct gosym_binary *b, const struct gosym_func *f);
GOSYM_API const char *gosym_func_receiver(struct gosym_binary *b, const struct gosym_func *f);
/* File (NULL if unknown) and line (0) of the declaration where the table has it (Go 1.20+), else of the entry. */
GOSYM_API void gosym_func_source(struct gosym_binary *b, const struct gosym_func *f, const char **file,
				 unsigned *line);

/* One frame of a possibly inlined stack of source positions. */
struct gosym_frame {
	const char *func, *file;
	unsigned line;
	bool inlined;
	bool wrapper;			/* compiler-made: Go's own stack traces leave it out */
};
/* Frames at addr, innermost first; at most max are stored, the true number is returned through ret.
 * For a return address pass addr - 1. Source: runtime/symtabinl.go. */
GOSYM_API struct gosym_error *gosym_symbolize(struct gosym_binary *b, uint64_t addr,
					      struct gosym_frame *frames, size_t max, size_t *ret);

/* Where a function was inlined into others, from the inline trees of the function table. */
struct gosym_inlined {
	uint64_t addr;			/* lowest of its code */
	const char *file;		/* of the call; NULL if unknown */
	unsigned line;
	const char *caller;		/* the function that calls, itself inlined perhaps */
	const struct gosym_func *within;	/* the one whose code this is */
	uint32_t call;			/* number of the call in that function's inline tree */
};
GOSYM_API struct gosym_error *gosym_func_inlined(struct gosym_binary *b, const char *name,
						 const struct gosym_inlined **ret, size_t *num_ret);
/* The functions a pattern means that have no code of their own, only inlined copies; NULL: all. They have a name
 * and nothing else. The array is the caller's to free(); GOSYM_NOT_FOUND if there are none. */
GOSYM_API struct gosym_error *gosym_func_match_inlined(struct gosym_binary *b, const char *pattern,
						       const struct gosym_func ***ret, size_t *num_ret);
GOSYM_API bool gosym_func_only_inlined(const struct gosym_func *f);

/* ------------------------------------------------------------------- types */

/* The numbers are reflect.Kind's (src/reflect/type.go), equal since Go 1.0. */
enum gosym_kind {
	GOSYM_INVALID_KIND, GOSYM_BOOL, GOSYM_INT, GOSYM_INT8, GOSYM_INT16, GOSYM_INT32, GOSYM_INT64,
	GOSYM_UINT, GOSYM_UINT8, GOSYM_UINT16, GOSYM_UINT32, GOSYM_UINT64, GOSYM_UINTPTR,
	GOSYM_FLOAT32, GOSYM_FLOAT64, GOSYM_COMPLEX64, GOSYM_COMPLEX128, GOSYM_ARRAY, GOSYM_CHAN,
	GOSYM_FUNC, GOSYM_INTERFACE, GOSYM_MAP, GOSYM_POINTER, GOSYM_SLICE, GOSYM_STRING, GOSYM_STRUCT,
	GOSYM_UNSAFE_POINTER,
};

/* As reflect.Kind.String() has it: "int", "ptr", "unsafe.Pointer". */
GOSYM_API const char *gosym_kind_name(enum gosym_kind kind);

struct gosym_field {
	const char *name;		/* "_" when blank; the type's name when embedded */
	const struct gosym_type *type;
	uint64_t offset;
	bool embedded;
};

GOSYM_API const char *gosym_type_name(const struct gosym_type *t);	/* "net/http.Request", "[]int" */
GOSYM_API enum gosym_kind gosym_type_kind(const struct gosym_type *t);
GOSYM_API uint64_t gosym_type_size(const struct gosym_type *t);
GOSYM_API unsigned gosym_type_align(const struct gosym_type *t);
GOSYM_API uint64_t gosym_type_len(const struct gosym_type *t);		/* arrays */
/* Pointer, slice, array, chan: the element; map: the value. NULL where the file does not tell. */
GOSYM_API const struct gosym_type *gosym_type_elem(const struct gosym_type *t);
GOSYM_API const struct gosym_type *gosym_type_key(const struct gosym_type *t);	/* maps */
GOSYM_API size_t gosym_type_field_count(const struct gosym_type *t);		/* structs */
GOSYM_API const struct gosym_field *gosym_type_field_at(const struct gosym_type *t, size_t i);
GOSYM_API bool gosym_type_is_empty_interface(const struct gosym_type *t);	/* word 0 is a type, not an itab */
/* Func types: whether parameters and results are told apart. Descriptors do; DWARF does not, but names the
 * descriptor: see gosym_type_runtime_addr(). */
GOSYM_API bool gosym_type_has_signature(const struct gosym_type *t);
GOSYM_API size_t gosym_type_in_count(const struct gosym_type *t);
GOSYM_API const struct gosym_type *gosym_type_in_at(const struct gosym_type *t, size_t i);
GOSYM_API size_t gosym_type_out_count(const struct gosym_type *t);
GOSYM_API const struct gosym_type *gosym_type_out_at(const struct gosym_type *t, size_t i);
GOSYM_API bool gosym_type_is_variadic(const struct gosym_type *t);	/* the last parameter is "...T", of type []T */
/* Methods: those an interface asks for; of another type those the linker kept. From descriptors only. */
GOSYM_API size_t gosym_type_method_count(const struct gosym_type *t);
GOSYM_API const char *gosym_type_method_name(const struct gosym_type *t, size_t i);
GOSYM_API const struct gosym_type *gosym_type_method_type(const struct gosym_type *t, size_t i); /* without receiver */
GOSYM_API uint64_t gosym_type_method_entry(const struct gosym_type *t, size_t i);	/* 0: an interface's, or not kept */
/* Where the run-time descriptor is; 0 if there is none or the file does not tell. */
GOSYM_API uint64_t gosym_type_runtime_addr(const struct gosym_type *t);
/* The type of a run-time descriptor, read from it alone. */
GOSYM_API struct gosym_error *gosym_type_at(struct gosym_binary *b, uint64_t addr, const struct gosym_type **ret);
/* By name, from DWARF; from run-time descriptors where DWARF is absent or lacks it. */
GOSYM_API struct gosym_error *gosym_type_find(struct gosym_binary *b, const char *name,
					      const struct gosym_type **ret);
/* All types a pattern means, by name, as with functions; NULL: all there are. From DWARF, and those it lacks
 * from run-time descriptors. The array is the caller's to free(). */
GOSYM_API struct gosym_error *gosym_type_match(struct gosym_binary *b, const char *pattern,
					       const struct gosym_type ***ret, size_t *num_ret);
/* The full name of the type whose run-time descriptor is at addr: "*net/http.response". Source:
 * internal/abi/type.go; package paths from the uncommon type, where the short name has only the last element. */
GOSYM_API struct gosym_error *gosym_runtime_type_name(struct gosym_binary *b, uint64_t addr, const char **ret);
/* Whether an interface holds values of that type in its data word itself (pointer-shaped types). */
GOSYM_API struct gosym_error *gosym_runtime_type_is_direct(struct gosym_binary *b, uint64_t addr, bool *ret);

/* -------------------------------------------------- where arguments live */

/* How we know. */
enum gosym_evidence { GOSYM_FROM_NONE, GOSYM_FROM_DWARF, GOSYM_FROM_TYPES, GOSYM_FROM_ARGSINFO };
GOSYM_API const char *gosym_evidence_name(enum gosym_evidence e);	/* "dwarf", "types", "argsinfo", "none" */
GOSYM_API enum gosym_evidence gosym_type_source(const struct gosym_type *t);

enum gosym_place { GOSYM_IN_REG, GOSYM_ON_STACK };

/* A run of bytes of one parameter, in one place. A string in registers has two, a slice three. */
struct gosym_piece {
	uint32_t offset, size;		/* within the parameter */
	enum gosym_place place;
	int32_t where;			/* register (gosym_reg_name) or stack offset */
};

struct gosym_param {
	const char *name;		/* "_" when blank or unnamed; NULL where the file does not tell */
	const struct gosym_type *type;	/* NULL with GOSYM_FROM_ARGSINFO: see size */
	uint64_t size;
	bool blank;			/* the source gives it no name */
	bool hidden;			/* a generic function's dictionary: takes a register, is never shown */
	const struct gosym_piece *pieces;	/* at entry; of results at return. None for size 0 */
	size_t num_pieces;
	const char *missing;		/* why there are no pieces; NULL when they are proved */
};

struct gosym_signature {
	enum gosym_evidence source;
	const struct gosym_param *params, *results;	/* receiver first */
	size_t num_params, num_results;
	bool has_receiver;		/* params[0] (or [1] behind a leading dictionary) is the receiver */
	const char *proof;		/* what confirmed the assignment, for people */
	const char *note;		/* what is missing and why, or NULL */
};
/* GOSYM_NOT_FOUND where nothing is known of the arguments. Rules: src/cmd/compile/abi-internal.md. */
GOSYM_API struct gosym_error *gosym_func_signature(struct gosym_binary *b, const struct gosym_func *f,
						   const struct gosym_signature **ret);
/* The Go assembler's name of a register: "AX", "X0", "R0". */
GOSYM_API const char *gosym_reg_name(const struct gosym_binary *b, int32_t reg);
/* A floating-point or vector register, which a uprobe cannot read. */
GOSYM_API bool gosym_reg_is_float(const struct gosym_binary *b, int32_t reg);

/* ------------------------------------------------------------ probe sites */

enum gosym_cost { GOSYM_EMULATED, GOSYM_STEPPED };	/* what the kernel does with the instruction */

/* A piece of an argument as it can be found at a site. */
struct gosym_site_loc {
	enum { GOSYM_LOC_LOST, GOSYM_LOC_REG, GOSYM_LOC_STACK } kind;
	int32_t where;			/* register, or offset from the stack pointer at the site */
};

/*
 * A function that uses none of its register arguments does not keep them while its stack grows
 * (runtime.morestack): where the call then begins anew they are gone. They are in their registers for the last time
 * at addr, where the slow path of the stack check begins; a call that has been there arrives at the site with
 * `resume` in the register through which the runtime jumped back.
 */
struct gosym_slow_path {
	uint64_t addr, file_off;	/* addr 0: there is none, or it keeps them */
	uint64_t resume;
	int32_t resume_reg;		/* index of the arch */
};
struct gosym_site {
	uint64_t addr, file_off;
	const char *insn;		/* "push rbp" */
	enum gosym_cost cost;
	bool exact;			/* counts each call once */
	bool skip_taken;		/* the stack check's own branch: hits at which it will be taken are not calls yet */
	uint8_t branch_cond;		/* that branch's condition in the arch's own encoding (x86 tttn, arm64 cond) */
	int32_t sp_off;			/* entry SP minus SP at the site, bytes */
	const char *why;		/* for people: why this one */
	struct gosym_slow_path slow;
};
/* The entry site chosen: exact and as cheap as the function allows. GOSYM_UNSUPPORTED says what is in the way. */
GOSYM_API struct gosym_error *gosym_func_entry_site(struct gosym_binary *b, const struct gosym_func *f,
						    const struct gosym_site **ret);
/* The site for showing arguments. Another one only where float arguments come in registers, which no probe sees, and the
 * function's own code stores some of them on its way: behind these stores. It may cost more. */
GOSYM_API struct gosym_error *gosym_func_values_site(struct gosym_binary *b, const struct gosym_func *f,
						     const struct gosym_site **ret);
/* Where an entry piece is when the site is hit. */
GOSYM_API struct gosym_site_loc gosym_site_find(const struct gosym_site *s, const struct gosym_piece *p);
/* Where the value of a float register, which no probe sees, lies at an exit. */
struct gosym_exit_float {
	int32_t reg;
	uint8_t size;			/* how many of its low bytes */
	enum {
		GOSYM_FLOAT_ZERO,	/* nowhere: it is zero */
		GOSYM_FLOAT_IN,		/* in the general register base too */
		GOSYM_FLOAT_BEHIND,	/* at the address in register base plus off */
		GOSYM_FLOAT_AT,		/* at the address off of the file */
	} kind;
	int32_t base;
	int64_t off;
};
/* An address at which a call is over: a RET, or a jump into another function that then returns in its place. */
struct gosym_exit {
	uint64_t addr, file_off;
	int32_t sp_off;			/* entry SP minus SP there, bytes; 0 at a RET */
	enum gosym_cost cost;
	const char *jumps_to;		/* NULL: a RET */
	bool conditional;		/* only if the branch is taken, whose condition is cond (as branch_cond above) */
	uint8_t cond;
	bool before;			/* where the epilogue begins, not yet at the RET behind it */
	const struct gosym_exit_float *floats;	/* results to be had although they are in float registers */
	size_t num_floats;
};
GOSYM_API struct gosym_error *gosym_func_exits(struct gosym_binary *b, const struct gosym_func *f,
					       const struct gosym_exit **ret, size_t *num_ret);
/* Where a call can end at a place that is none of these; NULL: nowhere, *addr is 0. Known once gosym_func_exits() has
 * succeeded. */
GOSYM_API const char *gosym_func_unseen_exit(struct gosym_binary *b, const struct gosym_func *f, uint64_t *addr);
/* The same for showing results: a RET's place may be where its epilogue begins, while the memory a float result came
 * from still holds it. */
GOSYM_API struct gosym_error *gosym_func_values_exits(struct gosym_binary *b, const struct gosym_func *f,
						      const struct gosym_exit **ret, size_t *num_ret);
/* Addresses of all RETs. A function that never returns has none. */
GOSYM_API struct gosym_error *gosym_func_returns(struct gosym_binary *b, const struct gosym_func *f,
						 const uint64_t **ret, size_t *num_ret);

/* An address that is executed exactly once for each of these inlined calls, where its arguments still are what was
 * passed; GOSYM_UNSUPPORTED says why there is none. The signature's places are those at that site: a parameter that is
 * nowhere then has no place, and there are no results. */
GOSYM_API struct gosym_error *gosym_inlined_site(struct gosym_binary *b, const struct gosym_inlined *call,
						 const struct gosym_site **ret);
GOSYM_API struct gosym_error *gosym_inlined_signature(struct gosym_binary *b, const struct gosym_inlined *call,
						      const struct gosym_signature **ret);

/* ---------------------------------------------------------------- checking */

/* What else a file says, each independent of the assignment rules that gosym_func_signature() goes by. */
enum gosym_check {
	GOSYM_CHECK_DWARF,		/* locations at the first instruction */
	GOSYM_CHECK_ARGSINFO,		/* FUNCDATA_ArgInfo: sizes, grouping, slots */
	GOSYM_CHECK_SPILL,		/* the registers kept around the call of runtime.morestack, and their slots */
	GOSYM_CHECK_SIZE,		/* _func.args: bytes of the argument area */
	GOSYM_CHECK_CODE,		/* probe points and returns against instruction boundaries and stack heights */
};
enum { GOSYM_NUM_CHECKS = GOSYM_CHECK_CODE + 1 };
GOSYM_API const char *gosym_check_name(enum gosym_check c);	/* "dwarf", "argsinfo", "spill", "size", "code" */

struct gosym_disagreement {
	enum gosym_check check;
	const char *class_name;		/* "register differs", "slot differs", "missing component", … */
	const char *between[2];		/* "assign" (without DWARF "argsinfo"; of the code "sites"), the check's name */
	const char *detail;		/* what and where, for people */
	const char *explained;		/* why the file is wrong there, by a condition that was checked; NULL */
};

struct gosym_verification {
	bool checked[GOSYM_NUM_CHECKS];	/* this source says something that could be compared */
	const struct gosym_disagreement *disagreements;	/* none: all that was checked agrees */
	size_t num_disagreements;
	bool has_site;			/* there is an entry site, of this cost */
	enum gosym_cost cost;
	size_t num_returns;
};
/* Compares what the library says of f with every other source in the file. */
GOSYM_API struct gosym_error *gosym_func_verify(struct gosym_binary *b, const struct gosym_func *f,
						struct gosym_verification *ret);

/* ------------------------------------------------------------------- plans */

/* A plan is plain data: sites, what to fetch at each, under what condition. It needs no kernel. */
struct gosym_plan_options {
	size_t sz;			/* sizeof(struct gosym_plan_options) */
	unsigned depth;			/* pointers, interfaces and maps followed per value */
	unsigned elems;			/* slice elements */
	unsigned strlen;		/* string bytes */
	const char *condition;		/* Go expression over argument names, or NULL */
	bool no_values;			/* count only: fetch nothing */
	bool returns;			/* results and durations too */
	bool pair;			/* arguments, results and duration in one event, at the return */
	const char *condition_return;	/* Go expression over arguments, results (by name or ret0, ret1, …) and duration */
	unsigned stack;			/* frames of the goroutine's stack with each event; 0 none */
	bool hist;			/* histogram in the kernel of hist_value, or of the duration if that is NULL */
	const char *hist_value;		/* Go expression: an integer */
	const char *by;			/* key of counts and histograms: Go expression, or NULL */
	bool for_text;			/* more of what text shows of some values: errors are followed further, so that
					 * their messages are seen; bytes as long as strings, not elems */
	bool explain_errors;		/* errors behind interfaces are followed one level more: their messages */
	bool hints;			/* text that words of unknown type lead to, told as a guess apart from values */
	const char *print;		/* Go expressions, separated by commas, instead of the arguments; those about
					 * results, with returns, instead of the results */
	bool float_regs;		/* floats in registers by way of a signal to the program's thread */
};
#define GOSYM_PLAN_OPTIONS { .sz = sizeof(struct gosym_plan_options), .depth = 1, .elems = 8, .strlen = 64 }

GOSYM_API struct gosym_error *gosym_plan_create(struct gosym_binary *b, const struct gosym_plan_options *opts,
						struct gosym_plan **ret);
/* Adds the entry of f. Fails with the reason if f cannot be probed or the condition does not fit it;
 * the plan stays usable. */
GOSYM_API struct gosym_error *gosym_plan_add(struct gosym_plan *p, const struct gosym_func *f);
/* Adds an inlined call of f, which may be a function that has no code of its own. Each call once. Returns of inlined
 * calls are not seen; plans that decide at the return cannot have them. */
GOSYM_API struct gosym_error *gosym_plan_add_inlined(struct gosym_plan *p, const struct gosym_func *f,
						     const struct gosym_inlined *call);
/* format: "bpftrace", "tracefs", "perf", "json". path is what the emitted text calls the file. */
GOSYM_API struct gosym_error *gosym_plan_emit(const struct gosym_plan *p, const char *format, const char *path,
					      FILE *out);
/* Frames a stack will have at most; where that is less than what was asked for, *why says the reason. */
GOSYM_API unsigned gosym_plan_stack(const struct gosym_plan *p, const char **why);
GOSYM_API void gosym_plan_destroy(struct gosym_plan *p);		/* NULL is fine */

#ifdef __cplusplus
}
#endif
#endif
