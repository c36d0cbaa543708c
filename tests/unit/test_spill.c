// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/* Register arguments out of the stack check's slow path; runtime.morestack stands at 0x1000. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "abi/slowpath.h"
#include "abi/spill.h"

enum { AX, CX, DX, BX, DI = 7, X0 = 16, A64_V0 = 32 };

static const uint64_t morestack = 0x1000;

/* The code at 0x1010, its flow. */
static struct func_code code_of(const struct abi_arch *arch, const char *text, size_t size, struct flow *flow)
{
	struct func_code code = {
		.arch = arch,
		.bytes = { .data = (const uint8_t *)text, .size = size, .addr = 0x1010 },
		.morestack = &morestack,
		.num_morestack = 1,
	};

	assert_null(flow_read(&code, flow));
	return code;
}

static bool read_code(const struct abi_arch *arch, const char *text, size_t size,
		      struct spill_info *ret)
{
	_cleanup_(cleanup_flow) struct flow flow = { .bad = 0 };
	struct func_code code = code_of(arch, text, size, &flow);

	return spill_read(&code, &flow, ret);
}

static void expect(const struct spill_info *s, size_t i, int reg, unsigned size, int off, bool fp)
{
	assert_true(i < s->num);
	assert_int_equal(s->slots[i].reg, reg);
	assert_int_equal(s->slots[i].size, size);
	assert_int_equal(s->slots[i].off, off);
	assert_int_equal(s->slots[i].fp, fp);
}

static void test_amd64(void **state)
{
	static const char code[] = "\x49\x3b\x66\x10"         /* 1010: cmp rsp, [r14+0x10] */
				   "\x76\x02"                 /* 1014: jbe 1018 */
				   "\xc3\x90"                 /* 1016: ret; nop */
				   "\x48\x89\x44\x24\x08"     /* 1018: mov [rsp+8], rax */
				   "\xf2\x0f\x11\x44\x24\x10" /* 101d: movsd [rsp+0x10], xmm0 */
				   "\x88\x5c\x24\x18"         /* 1023: mov [rsp+0x18], bl */
				   "\x89\x4c\x24\x1c"         /* 1027: mov [rsp+0x1c], ecx */
				   "\x66\x90"                 /* 102b: nop */
				   "\xe8\xce\xff\xff\xff"     /* 102d: call 1000 */
				   "\x48\x8b\x44\x24\x08"     /* 1032: mov rax, [rsp+8] */
				   "\xeb\xd7";                /* 1037: jmp 1010 */
	struct spill_info s;

	assert_true(read_code(&abi_amd64, code, sizeof(code) - 1, &s));
	assert_int_equal(s.call, 0x102d);
	assert_int_equal(s.num, 4);
	expect(&s, 0, AX, 8, 0, false);
	expect(&s, 1, X0, 8, 8, true);
	expect(&s, 2, BX, 1, 0x10, false);
	expect(&s, 3, CX, 4, 0x14, false);
}

static void test_arm64(void **state)
{
	static const char code[] = "\x90\x0b\x40\xf9"  /* 1010: ldr x16, [x28, #16] */
				   "\xff\x63\x30\xeb"  /* 1014: cmp sp, x16 */
				   "\x49\x00\x00\x54"  /* 1018: b.ls 1020 */
				   "\xc0\x03\x5f\xd6"  /* 101c: ret */
				   "\xe0\x87\x00\xa9"  /* 1020: stp x0, x1, [sp, #8] */
				   "\xe0\x0f\x00\xfd"  /* 1024: str d0, [sp, #24] */
				   "\xe2\x83\x00\x39"  /* 1028: strb w2, [sp, #32] */
				   "\xe3\x03\x1e\xaa"  /* 102c: mov x3, x30 */
				   "\xf4\xff\xff\x97"  /* 1030: bl 1000 */
				   "\xe0\x87\x40\xa9"  /* 1034: ldp x0, x1, [sp, #8] */
				   "\xf6\xff\xff\x17"; /* 1038: b 1010 */
	struct spill_info s;

	assert_true(read_code(&abi_arm64, code, sizeof(code) - 1, &s));
	assert_int_equal(s.num, 4);
	expect(&s, 0, 0, 8, 0, false);
	expect(&s, 1, 1, 8, 8, false);
	expect(&s, 2, A64_V0, 8, 16, true);
	expect(&s, 3, 2, 1, 24, false);
}

/* A check and nothing kept: no register arguments. */
static void test_nothing(void **state)
{
	static const char code[] = "\x49\x3b\x66\x10"     /* 1010: cmp rsp, [r14+0x10] */
				   "\x76\x02"             /* 1014: jbe 1018 */
				   "\xc3\x90"             /* 1016: ret; nop */
				   "\xe8\xe3\xff\xff\xff" /* 1018: call 1000 */
				   "\xeb\xf1";            /* 101d: jmp 1010 */
	struct spill_info s;

	assert_true(read_code(&abi_amd64, code, sizeof(code) - 1, &s));
	assert_int_equal(s.num, 0);
}

/* Without a check, and with a value kept that is no argument any more. */
static void test_refused(void **state)
{
	static const char leaf[] = "\x48\x01\xd8\xc3";       /* add rax, rbx; ret */
	static const char changed[] = "\x49\x3b\x66\x10"     /* 1010: cmp rsp, [r14+0x10] */
				      "\x76\x02"             /* 1014: jbe 1018 */
				      "\xc3\x90"             /* 1016: ret; nop */
				      "\x31\xc0"             /* 1018: xor eax, eax */
				      "\x48\x89\x44\x24\x08" /* 101a: mov [rsp+8], rax */
				      "\xe8\xdc\xff\xff\xff" /* 101f: call 1000 */
				      "\xeb\xea";            /* 1024: jmp 1010 */
	struct spill_info s;

	assert_false(read_code(&abi_amd64, leaf, sizeof(leaf) - 1, &s));
	assert_false(read_code(&abi_amd64, changed, sizeof(changed) - 1, &s));
}

/* Nothing is kept: the registers hold the arguments where the slow path begins, and BX then the way back. */
static void test_slow_path(void **state)
{
	static const char code[] = "\x49\x3b\x66\x10"     /* 1010: cmp rsp, [r14+0x10] */
				   "\x76\x02"             /* 1014: jbe 1018 */
				   "\xc3\x90"             /* 1016: ret; nop */
				   "\xe8\xe3\xff\xff\xff" /* 1018: call 1000 */
				   "\xeb\xf1";            /* 101d: jmp 1010 */
	static const char keeps[] = "\x49\x3b\x66\x10"         /* 1010: cmp rsp, [r14+0x10] */
				    "\x76\x02"                 /* 1014: jbe 1018 */
				    "\xc3\x90"                 /* 1016: ret; nop */
				    "\x48\x89\x44\x24\x08"     /* 1018: mov [rsp+8], rax */
				    "\xe8\xde\xff\xff\xff"     /* 101d: call 1000 */
				    "\x48\x8b\x44\x24\x08"     /* 1022: mov rax, [rsp+8] */
				    "\xeb\xe7";                /* 1027: jmp 1010 */
	_cleanup_(cleanup_flow) struct flow flow = { .bad = 0 }, kept = { .bad = 0 };
	struct func_code loses = code_of(&abi_amd64, code, sizeof(code) - 1, &flow);
	struct gosym_slow_path slow;

	assert_true(slowpath_read(&loses, &flow, BX, &slow));
	assert_int_equal(slow.addr, 0x1018);
	assert_int_equal(slow.resume, 0x101d);
	assert_int_equal(slow.resume_reg, BX);
	/* Nothing tells which calls were there. */
	assert_false(slowpath_read(&loses, &flow, REG_NONE, &slow));
	loses = code_of(&abi_amd64, keeps, sizeof(keeps) - 1, &kept);
	assert_true(slowpath_read(&loses, &kept, REG_NONE, &slow));
	assert_int_equal(slow.addr, 0);
}

static void test_resume_register(void **state)
{
	static const char amd64[] = "\x48\x8b\x5b\x08"  /* mov rbx, [rbx+8] */
				    "\xff\xe3";         /* jmp rbx */
	static const char arm64[] = "\xa6\x04\x40\xf9"  /* ldr x6, [x5, #8] */
				    "\xc0\x00\x1f\xd6"; /* br x6 */
	static const char table[] = "\xff\x24\xc3";    /* jmp [rbx+rax*8] */
	struct func_code code = { .arch = &abi_amd64, .bytes = { .data = (const uint8_t *)amd64, .size = 6 } };

	assert_int_equal(slowpath_resume_reg(&code), BX);
	code.bytes = (struct bytes){ .data = (const uint8_t *)table, .size = 3 };
	assert_int_equal(slowpath_resume_reg(&code), REG_NONE);
	code.arch = &abi_arm64;
	code.bytes = (struct bytes){ .data = (const uint8_t *)arm64, .size = 8 };
	assert_int_equal(slowpath_resume_reg(&code), 6);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_amd64),
		cmocka_unit_test(test_slow_path),
		cmocka_unit_test(test_resume_register),
		cmocka_unit_test(test_arm64),
		cmocka_unit_test(test_nothing),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
