/* SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later */
/* Which complete list of inputs fits all that the file says about a function, and what that proves. */
#ifndef ABI_COMPLETE_H
#define ABI_COMPLETE_H

#include "abi/argsinfo.h"
#include "abi/assign.h"
#include "abi/spill.h"

/* One input: receiver, dictionary or parameter. */
struct abi_input {
	const struct gosym_type *type;
	const struct dwarf_param *dwarf;	/* NULL: a dictionary, or a blank one that was inferred */
	bool hidden;
};

/* What is known of a function besides its list. */
struct abi_facts {
	const struct abi_arch *arch;
	const struct abi_sequence *seq;
	const struct args_info *args;	/* NULL: none */
	const struct spill_info *spill;	/* all registers that are arguments; NULL: not told */
	bool args_expected;		/* this version writes argument info for every function with inputs */
	bool args_may_skip;		/* ...and leaves out the first of this one */
	bool listed;			/* the list has every input */
	int32_t total;			/* _func.args; INT32_MIN unknown */
	const struct dwarf_param *const *results;
	size_t num_results;
	bool results_unordered;		/* one is of size 0 and may stand elsewhere in the list */
};

enum abi_agreement { ABI_SILENT, ABI_AGREES, ABI_DISAGREES };

struct abi_completed {
	struct abi_input *inputs;	/* the given ones, in order, and inferred ones between them */
	size_t num_inputs;
	struct abi_layout layout;	/* of these */
	bool *param_proved, *result_proved;
	/* What the list was checked against; places count inputs. */
	enum abi_agreement args, spill, total;
	size_t places_agree, places_disagree;
	bool listed;			/* the list was complete as given */
	bool consistent;		/* some complete list contradicts nothing */
	bool inferred;			/* inputs were added */
	bool ambiguous;			/* inputs are missing whose place in the list is not known */
};

struct gosym_error *abi_complete(const struct abi_facts *facts, const struct abi_input *inputs, size_t num,
				 struct arena *arena, struct abi_completed *ret);

/* The assignment of a list. */
struct gosym_error *abi_assign_inputs(const struct abi_facts *facts, const struct abi_input *inputs, size_t num,
				      struct arena *arena, struct abi_layout *ret);
/* How a parameter's own location at entry compares with a slot. */
enum abi_agreement abi_compare_place(const struct abi_facts *facts, const struct dwarf_param *p,
				     const struct abi_slot *slot);
/* The pieces by DWARF alone, if it tells all of them for the first instruction; *ret_num 0 if not. */
struct gosym_error *abi_own_place(const struct abi_facts *facts, const struct dwarf_param *p, struct arena *arena,
				  struct gosym_piece **ret, size_t *ret_num);

#endif
