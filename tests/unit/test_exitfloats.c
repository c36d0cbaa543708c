// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * Floats without their registers, over code made by hand: the site behind the store of an argument, and where a
 * result came from in the run of code that ends in a RET; with each way in which that proves nothing.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "abi/exitfloats.h"
#include "abi/sites.h"

enum { START = 0x1000, AX = 0, CX, DX, BX, SP, X0 = 16, X1, NONE = -1 };

#define PUSH_BP "\x55"
#define MOV_BP_SP "\x48\x89\xe5"
#define SUB_SP_16 "\x48\x83\xec\x10"
#define ADD_SP_24 "\x48\x83\xc4\x18"
#define POP_BP "\x5d"
#define RET "\xc3"
#define LOAD_X0_SP_16 "\xf2\x0f\x10\x44\x24\x10"
#define LOAD_X0_SP_8 "\xf2\x0f\x10\x44\x24\x08"
#define LOAD_X0_AX_8 "\xf2\x0f\x10\x40\x08"
#define LOAD_X0_RIP_16 "\xf2\x0f\x10\x05\x10\x00\x00\x00"
#define LOAD_X0_SINGLE_SP_8 "\xf3\x0f\x10\x44\x24\x08"
#define ZERO_X0 "\x0f\x57\xc0"
#define MOVQ_X0_AX "\x66\x48\x0f\x6e\xc0"
#define MOVQ_CX_X0 "\x66\x48\x0f\x7e\xc1"
#define MOV_X0_X1 "\x0f\x28\xc1"
#define ADD_X0_X1 "\xf2\x0f\x58\xc1"
#define STORE_SP_8_X0 "\xf2\x0f\x11\x44\x24\x08"
#define STORE_SP_32_AX "\x48\x89\x44\x24\x20"
#define STORE_SP_12_EAX "\x89\x44\x24\x0c"
#define STORE_CX_DX "\x48\x89\x11"
#define LOAD_AX_BX "\x48\x8b\x03"
#define LOAD_CX_AX "\x48\x8b\x08"
#define ZERO_AX "\x31\xc0"
#define MOV_SI_DI "\x48\x89\xfe"
#define CALL_NEXT "\xe8\x00\x00\x00\x00"
#define JE_5 "\x74\x05"
#define XCHG_CX_DX "\x48\x87\x11"
#define CODE(text) .code = (text), .size = sizeof(text) - 1


static void read_code(const char *bytes, size_t size, struct func_code *code, struct flow *flow)
{
	*code = (struct func_code){ .arch = &abi_amd64,
				    .bytes = { .data = (const uint8_t *)bytes, .size = size, .addr = START } };
	*flow = (struct flow){ .bad = 0 };
	assert_null(flow_read(code, flow));
}

/* ---- results */

struct result_row {
	const char *name, *code;
	size_t size;
	bool early;
	int kind;			/* NONE: it is nowhere */
	int base;
	int64_t off;
	unsigned at;			/* offset of the place */
	unsigned bytes;
};

/* clang-format off */
static const struct result_row results[] = {
	{ "slot, at the epilogue", CODE(LOAD_X0_SP_16 ADD_SP_24 POP_BP RET), true, GOSYM_FLOAT_BEHIND, SP, 16, 6, 8 },
	{ "slot, at the RET", CODE(LOAD_X0_SP_16 ADD_SP_24 POP_BP RET), false, NONE, 0, 0, 0, 0 },
	{ "above the frame", CODE(LOAD_X0_SP_8 RET), false, GOSYM_FLOAT_BEHIND, SP, 8, 6, 8 },
	{ "single precision", CODE(LOAD_X0_SINGLE_SP_8 RET), false, GOSYM_FLOAT_BEHIND, SP, 8, 6, 4 },
	{ "constant", CODE(LOAD_X0_RIP_16 RET), false, GOSYM_FLOAT_AT, NONE, START + 8 + 16, 8, 8 },
	{ "zero", CODE(ZERO_X0 RET), false, GOSYM_FLOAT_ZERO, NONE, 0, 3, 8 },
	{ "general register", CODE(MOVQ_X0_AX RET), false, GOSYM_FLOAT_IN, AX, 0, 5, 8 },
	{ "general register, changed", CODE(MOVQ_X0_AX ZERO_AX RET), true, NONE, 0, 0, 0, 0 },
	{ "behind a pointer", CODE(LOAD_X0_AX_8 RET), false, GOSYM_FLOAT_BEHIND, AX, 8, 5, 8 },
	{ "pointer changed", CODE(LOAD_X0_AX_8 LOAD_AX_BX RET), true, NONE, 0, 0, 0, 0 },
	{ "memory written through another pointer", CODE(LOAD_X0_AX_8 STORE_CX_DX RET), true, NONE, 0, 0, 0, 0 },
	{ "slot, written through a pointer", CODE(LOAD_X0_SP_8 STORE_CX_DX RET), true, NONE, 0, 0, 0, 0 },
	{ "released by an exchange", CODE(LOAD_X0_AX_8 XCHG_CX_DX RET), true, NONE, 0, 0, 0, 0 },
	{ "another slot written", CODE(LOAD_X0_SP_8 STORE_SP_32_AX RET), false, GOSYM_FLOAT_BEHIND, SP, 8, 11, 8 },
	{ "slot written in part", CODE(LOAD_X0_SP_8 STORE_SP_12_EAX RET), true, NONE, 0, 0, 0, 0 },
	{ "register changed", CODE(LOAD_X0_SP_8 ADD_X0_X1 RET), true, NONE, 0, 0, 0, 0 },
	{ "moved from an unknown one", CODE(LOAD_X0_SP_8 MOV_X0_X1 RET), true, NONE, 0, 0, 0, 0 },
	{ "a jump behind the load", CODE(JE_5 LOAD_X0_AX_8 RET), true, NONE, 0, 0, 0, 0 },
	{ "a call behind the load", CODE(LOAD_X0_SP_8 CALL_NEXT RET), true, NONE, 0, 0, 0, 0 },
};
/* clang-format on */

static void test_results(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(results) / sizeof(results[0]); i++) {
		const struct result_row *row = &results[i];
		struct exit_floats found;
		struct func_code code;
		struct flow flow;

		print_message("%s\n", row->name);
		read_code(row->code, row->size, &code, &flow);
		assert_int_equal(flow.events.data[flow.events.num - 1].kind, INSN_RET);
		exit_floats_find(&code, &flow, flow.events.num - 1, UINT64_C(1) << X0, row->early, &found);
		flow_deinit(&flow);
		assert_int_equal(found.num, row->kind != NONE);
		if (row->kind == NONE)
			continue;
		assert_int_equal(found.floats[0].reg, X0);
		assert_int_equal(found.floats[0].kind, row->kind);
		assert_int_equal(found.floats[0].base, row->base);
		assert_int_equal(found.floats[0].off, row->off);
		assert_int_equal(found.floats[0].size, row->bytes);
		assert_int_equal(found.addr, START + row->at);
	}
}

/* ---- arguments */

struct argument_row {
	const char *name, *code;
	size_t size;
	int at;				/* offset of the site; NONE: there is none */
	enum gosym_cost cost;
	int place;			/* of X0 from SP; of a register: 0 */
	bool in_reg;
};

#define PROLOGUE PUSH_BP MOV_BP_SP SUB_SP_16

/* clang-format off */
static const struct argument_row arguments[] = {
	{ "stored", CODE(PROLOGUE STORE_SP_8_X0 MOV_SI_DI RET), 14, GOSYM_STEPPED, 8, false },
	{ "a call behind", CODE(PROLOGUE STORE_SP_8_X0 MOV_SI_DI CALL_NEXT RET), 17, GOSYM_EMULATED, 8, false },
	{ "moved to a general register", CODE(MOVQ_CX_X0 RET), 5, GOSYM_STEPPED, CX, true },
	{ "never stored", CODE(PROLOGUE MOV_SI_DI RET), NONE, 0, 0, false },
	{ "changed before", CODE(PROLOGUE ADD_X0_X1 STORE_SP_8_X0 MOV_SI_DI RET), NONE, 0, 0, false },
	{ "behind what may fault", CODE(PROLOGUE LOAD_CX_AX STORE_SP_8_X0 MOV_SI_DI RET), NONE, 0, 0, false },
	{ "another argument is lost", CODE(PROLOGUE ZERO_AX STORE_SP_8_X0 MOV_SI_DI RET), NONE, 0, 0, false },
	{ "behind a branch", CODE(PROLOGUE JE_5 STORE_SP_8_X0 MOV_SI_DI RET), NONE, 0, 0, false },
};
/* clang-format on */

static void test_arguments(void **state)
{
	struct site_floats floats = { .stack_end = 8 };

	(void)state;
	floats.sizes[X0] = 8;
	for (size_t i = 0; i < sizeof(arguments) / sizeof(arguments[0]); i++) {
		const struct argument_row *row = &arguments[i];
		struct site_choice choice;
		struct gosym_site_loc loc;
		struct func_code code;
		const char *refused;
		struct flow flow;
		uint8_t size;

		print_message("%s\n", row->name);
		read_code(row->code, row->size, &code, &flow);
		refused = site_choose_floats(&code, &flow, UINT64_C(1) << AX, &floats, &choice);
		flow_deinit(&flow);
		if (row->at == NONE) {
			assert_non_null(refused);
			continue;
		}
		assert_null(refused);
		assert_int_equal(choice.addr, START + row->at);
		assert_int_equal(choice.cost, row->cost);
		loc = track_find(&choice.state, X0, &size);
		assert_int_equal(loc.kind, row->in_reg ? GOSYM_LOC_REG : GOSYM_LOC_STACK);
		assert_int_equal(loc.where, row->place);
		assert_int_equal(size, 8);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_results),
		cmocka_unit_test(test_arguments),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
