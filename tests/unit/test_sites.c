// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * The choice of sites over one function of each prologue family the Go compiler has made, and over the
 * shapes that must be refused or handled with care. runtime.morestack stands at 0x1000; a call of
 * anything else goes near it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "abi/sites.h"

struct row {
	const char *name;
	const struct abi_arch *arch;
	uint64_t start;
	const char *code;
	size_t size;
	uint64_t addr;
	enum gosym_cost cost;
	bool skip_taken;
	uint8_t cond;
	bool stack_abi;			/* no registers wanted */
	const char *refused;		/* part of the reason */
	size_t num_rets;
};

/* clang-format off */
static const struct row rows[] = {
	{
		.name = "small_1_23", .arch = &abi_amd64, .start = 0x1010,
		.code =
			"\x49\x3b\x66\x10"	/* 1010: cmp rsp,QWORD PTR [r14+0x10] */
			"\x76\x18"	/* 1014: jbe 102e */
			"\x55"	/* 1016: push rbp */
			"\x48\x89\xe5"	/* 1017: mov rbp,rsp */
			"\x48\x83\xec\x18"	/* 101a: sub rsp,0x18 */
			"\x48\x89\x44\x24\x28"	/* 101e: mov QWORD PTR [rsp+0x28],rax */
			"\xe8\xd9\xff\xff\xff"	/* 1023: call 1001 */
			"\x48\x83\xc4\x18"	/* 1028: add rsp,0x18 */
			"\x5d"	/* 102c: pop rbp */
			"\xc3"	/* 102d: ret */
			"\x48\x89\x44\x24\x08"	/* 102e: mov QWORD PTR [rsp+0x8],rax */
			"\x48\x89\x5c\x24\x10"	/* 1033: mov QWORD PTR [rsp+0x10],rbx */
			"\xe8\xc3\xff\xff\xff"	/* 1038: call 1000 */
			"\x48\x8b\x44\x24\x08"	/* 103d: mov rax,QWORD PTR [rsp+0x8] */
			"\x48\x8b\x5c\x24\x10"	/* 1042: mov rbx,QWORD PTR [rsp+0x10] */
			"\xe9\xc4\xff\xff\xff",	/* 1047: jmp 1010 */
		.size = 60, .addr = 0x1016, .cost = GOSYM_EMULATED, .skip_taken = false, .cond = 0, .num_rets = 1,
	},
	{
		.name = "medium_1_19", .arch = &abi_amd64, .start = 0x1050,
		.code =
			"\x4c\x8d\xa4\x24\x00\xff\xff\xff"	/* 1050: lea r12,[rsp-0x100] */
			"\x4d\x3b\x66\x10"	/* 1058: cmp r12,QWORD PTR [r14+0x10] */
			"\x0f\x86\x2c\x00\x00\x00"	/* 105c: jbe 108e */
			"\x48\x81\xec\x80\x01\x00\x00"	/* 1062: sub rsp,0x180 */
			"\x48\x89\xac\x24\x78\x01\x00\x00"	/* 1069: mov QWORD PTR [rsp+0x178],rbp */
			"\x48\x8d\xac\x24\x78\x01\x00\x00"	/* 1071: lea rbp,[rsp+0x178] */
			"\xe8\x83\xff\xff\xff"	/* 1079: call 1001 */
			"\x48\x8b\xac\x24\x78\x01\x00\x00"	/* 107e: mov rbp,QWORD PTR [rsp+0x178] */
			"\x48\x81\xc4\x80\x01\x00\x00"	/* 1086: add rsp,0x180 */
			"\xc3"	/* 108d: ret */
			"\x48\x89\x44\x24\x08"	/* 108e: mov QWORD PTR [rsp+0x8],rax */
			"\x90"	/* 1093: nop */
			"\xe8\x67\xff\xff\xff"	/* 1094: call 1000 */
			"\x48\x8b\x44\x24\x08"	/* 1099: mov rax,QWORD PTR [rsp+0x8] */
			"\xeb\xb0",	/* 109e: jmp 1050 */
		.size = 80, .addr = 0x105c, .cost = GOSYM_EMULATED, .skip_taken = true, .cond = 6, .num_rets = 1,
	},
	{
		.name = "huge_1_21", .arch = &abi_amd64, .start = 0x10a0,
		.code =
			"\x49\x89\xe4"	/* 10a0: mov r12,rsp */
			"\x49\x81\xec\x00\x20\x00\x00"	/* 10a3: sub r12,0x2000 */
			"\x72\x1f"	/* 10aa: jb 10cb */
			"\x4d\x3b\x66\x10"	/* 10ac: cmp r12,QWORD PTR [r14+0x10] */
			"\x76\x19"	/* 10b0: jbe 10cb */
			"\x55"	/* 10b2: push rbp */
			"\x48\x89\xe5"	/* 10b3: mov rbp,rsp */
			"\x48\x81\xec\x00\x20\x00\x00"	/* 10b6: sub rsp,0x2000 */
			"\xe8\x3f\xff\xff\xff"	/* 10bd: call 1001 */
			"\x48\x81\xc4\x00\x20\x00\x00"	/* 10c2: add rsp,0x2000 */
			"\x5d"	/* 10c9: pop rbp */
			"\xc3"	/* 10ca: ret */
			"\xe8\x30\xff\xff\xff"	/* 10cb: call 1000 */
			"\xeb\xce",	/* 10d0: jmp 10a0 */
		.size = 50, .addr = 0x10b2, .cost = GOSYM_EMULATED, .skip_taken = false, .cond = 0, .num_rets = 1,
	},
	{
		.name = "small_1_15", .arch = &abi_amd64, .start = 0x10e0, .stack_abi = true,
		.code =
			"\x64\x48\x8b\x0c\x25\xf8\xff\xff\xff"	/* 10e0: mov rcx,QWORD PTR fs:0xfffffffffffffff8 */
			"\x48\x3b\x61\x10"	/* 10e9: cmp rsp,QWORD PTR [rcx+0x10] */
			"\x76\x22"	/* 10ed: jbe 1111 */
			"\x48\x83\xec\x18"	/* 10ef: sub rsp,0x18 */
			"\x48\x89\x6c\x24\x10"	/* 10f3: mov QWORD PTR [rsp+0x10],rbp */
			"\x48\x8d\x6c\x24\x10"	/* 10f8: lea rbp,[rsp+0x10] */
			"\x48\x8b\x44\x24\x20"	/* 10fd: mov rax,QWORD PTR [rsp+0x20] */
			"\xe8\xfa\xfe\xff\xff"	/* 1102: call 1001 */
			"\x48\x8b\x6c\x24\x10"	/* 1107: mov rbp,QWORD PTR [rsp+0x10] */
			"\x48\x83\xc4\x18"	/* 110c: add rsp,0x18 */
			"\xc3"	/* 1110: ret */
			"\xe8\xea\xfe\xff\xff"	/* 1111: call 1000 */
			"\xeb\xc8",	/* 1116: jmp 10e0 */
		.size = 56, .addr = 0x10ed, .cost = GOSYM_EMULATED, .skip_taken = true, .cond = 6, .num_rets = 1,
	},
	{
		.name = "huge_1_15", .arch = &abi_amd64, .start = 0x1120, .stack_abi = true,
		.code =
			"\x64\x48\x8b\x0c\x25\xf8\xff\xff\xff"	/* 1120: mov rcx,QWORD PTR fs:0xfffffffffffffff8 */
			"\x48\x8b\x71\x10"	/* 1129: mov rsi,QWORD PTR [rcx+0x10] */
			"\x48\x81\xfe\xde\xfa\xff\xff"	/* 112d: cmp rsi,0xfffffffffffffade */
			"\x74\x27"	/* 1134: je 115d */
			"\x48\x8d\x84\x24\xa0\x03\x00\x00"	/* 1136: lea rax,[rsp+0x3a0] */
			"\x48\x29\xf0"	/* 113e: sub rax,rsi */
			"\x48\x3d\x10\x23\x00\x00"	/* 1141: cmp rax,0x2310 */
			"\x76\x14"	/* 1147: jbe 115d */
			"\x48\x81\xec\x00\x20\x00\x00"	/* 1149: sub rsp,0x2000 */
			"\xe8\xac\xfe\xff\xff"	/* 1150: call 1001 */
			"\x48\x81\xc4\x00\x20\x00\x00"	/* 1155: add rsp,0x2000 */
			"\xc3"	/* 115c: ret */
			"\xe8\x9e\xfe\xff\xff"	/* 115d: call 1000 */
			"\xeb\xbc",	/* 1162: jmp 1120 */
		.size = 68, .addr = 0x1147, .cost = GOSYM_EMULATED, .skip_taken = true, .cond = 6, .num_rets = 1,
	},
	{
		.name = "pie_1_15", .arch = &abi_amd64, .start = 0x1170, .stack_abi = true,
		.code =
			"\x48\xc7\xc1\xf8\xff\xff\xff"	/* 1170: mov rcx,0xfffffffffffffff8 */
			"\x64\x48\x8b\x09"	/* 1177: mov rcx,QWORD PTR fs:[rcx] */
			"\x48\x3b\x61\x10"	/* 117b: cmp rsp,QWORD PTR [rcx+0x10] */
			"\x76\x0e"	/* 117f: jbe 118f */
			"\x48\x83\xec\x08"	/* 1181: sub rsp,0x8 */
			"\xe8\x77\xfe\xff\xff"	/* 1185: call 1001 */
			"\x48\x83\xc4\x08"	/* 118a: add rsp,0x8 */
			"\xc3"	/* 118e: ret */
			"\xe8\x6c\xfe\xff\xff"	/* 118f: call 1000 */
			"\xeb\xda",	/* 1194: jmp 1170 */
		.size = 38, .addr = 0x117f, .cost = GOSYM_EMULATED, .skip_taken = true, .cond = 6, .num_rets = 1,
	},
	{
		.name = "nocheck_push", .arch = &abi_amd64, .start = 0x11a0,
		.code =
			"\x55"	/* 11a0: push rbp */
			"\x48\x89\xe5"	/* 11a1: mov rbp,rsp */
			"\x48\x83\xec\x10"	/* 11a4: sub rsp,0x10 */
			"\x48\x83\xc4\x10"	/* 11a8: add rsp,0x10 */
			"\x5d"	/* 11ac: pop rbp */
			"\xc3",	/* 11ad: ret */
		.size = 14, .addr = 0x11a0, .cost = GOSYM_EMULATED, .skip_taken = false, .cond = 0, .num_rets = 1,
	},
	{
		.name = "leaf_stepped", .arch = &abi_amd64, .start = 0x11b0,
		.code =
			"\x48\x8d\x04\x18"	/* 11b0: lea rax,[rax+rbx*1] */
			"\xc3",	/* 11b4: ret */
		.size = 5, .addr = 0x11b0, .cost = GOSYM_STEPPED, .skip_taken = false, .cond = 0, .num_rets = 1,
	},
	{
		.name = "leaf_branch", .arch = &abi_amd64, .start = 0x11c0,
		.code =
			"\x48\x85\xc0"	/* 11c0: test rax,rax */
			"\x7e\x04"	/* 11c3: jle 11c9 */
			"\x48\x89\xd8"	/* 11c5: mov rax,rbx */
			"\xc3"	/* 11c8: ret */
			"\x48\x89\xc8"	/* 11c9: mov rax,rcx */
			"\xc3",	/* 11cc: ret */
		.size = 13, .addr = 0x11c3, .cost = GOSYM_EMULATED, .skip_taken = false, .cond = 0, .num_rets = 2,
	},
	{
		.name = "leaf_moved", .arch = &abi_amd64, .start = 0x11d0,
		.code =
			"\x48\x89\xd2"	/* 11d0: mov rdx,rdx */
			"\x49\x89\xc4"	/* 11d3: mov r12,rax */
			"\x31\xc0"	/* 11d6: xor eax,eax */
			"\x4d\x85\xe4"	/* 11d8: test r12,r12 */
			"\x7e\x01"	/* 11db: jle 11de */
			"\xc3"	/* 11dd: ret */
			"\x48\xff\xc0"	/* 11de: inc rax */
			"\xc3",	/* 11e1: ret */
		.size = 18, .addr = 0x11db, .cost = GOSYM_EMULATED, .skip_taken = false, .cond = 0, .num_rets = 2,
	},
	{
		.name = "leaf_lost", .arch = &abi_amd64, .start = 0x11f0,
		.code =
			"\x31\xc9"	/* 11f0: xor ecx,ecx */
			"\x48\x85\xc0"	/* 11f2: test rax,rax */
			"\x7e\x01"	/* 11f5: jle 11f8 */
			"\xc3"	/* 11f7: ret */
			"\x48\xff\xc0"	/* 11f8: inc rax */
			"\xc3",	/* 11fb: ret */
		.size = 12, .addr = 0x11f0, .cost = GOSYM_STEPPED, .skip_taken = false, .cond = 0, .num_rets = 2,
	},
	{
		.name = "leaf_writes", .arch = &abi_amd64, .start = 0x1200,
		.code =
			"\x48\x89\x18"	/* 1200: mov QWORD PTR [rax],rbx */
			"\x48\x85\xc9"	/* 1203: test rcx,rcx */
			"\x7e\x01"	/* 1206: jle 1209 */
			"\xc3"	/* 1208: ret */
			"\x48\xff\xc0"	/* 1209: inc rax */
			"\xc3",	/* 120c: ret */
		.size = 13, .addr = 0x1200, .cost = GOSYM_STEPPED, .skip_taken = false, .cond = 0, .num_rets = 2,
	},
	{
		.name = "loop_in_line", .arch = &abi_amd64, .start = 0x1210,
		.code =
			"\x45\x31\xe4"	/* 1210: xor r12d,r12d */
			"\x49\xff\xc4"	/* 1213: inc r12 */
			"\x49\x39\xc4"	/* 1216: cmp r12,rax */
			"\x7c\xf8"	/* 1219: jl 1213 */
			"\xc3",	/* 121b: ret */
		.size = 12, .addr = 0x1210, .cost = GOSYM_STEPPED, .skip_taken = false, .cond = 0, .num_rets = 1,
	},
	{
		.name = "loop_to_entry", .arch = &abi_amd64, .start = 0x1220,
		.code =
			"\x48\xff\xc8"	/* 1220: dec rax */
			"\x75\xfb"	/* 1223: jne 1220 */
			"\xc3",	/* 1225: ret */
		.size = 6, .refused = "jumps back", .num_rets = 1,
	},
	{
		.name = "refused", .arch = &abi_amd64, .start = 0x1230,
		.code =
			"\xf0\x48\xff\x00"	/* 1230: lock inc QWORD PTR [rax] */
			"\xc3",	/* 1234: ret */
		.size = 5, .refused = "kernel refuses", .num_rets = 1,
	},
	{
		.name = "table", .arch = &abi_amd64, .start = 0x1240,
		.code =
			"\x53"	/* 1240: push rbx */
			"\x48\x85\xc0"	/* 1241: test rax,rax */
			"\x74\x02"	/* 1244: je 1248 */
			"\xff\xe0"	/* 1246: jmp rax */
			"\x5b"	/* 1248: pop rbx */
			"\xc3",	/* 1249: ret */
		.size = 10, .addr = 0x1240, .cost = GOSYM_EMULATED, .skip_taken = false, .cond = 0, .num_rets = 1,
	},
	{
		.name = "late_check", .arch = &abi_amd64, .start = 0x1250,
		.code =
			"\xe8\xac\xfd\xff\xff"	/* 1250: call 1001 */
			"\x49\x3b\x66\x10"	/* 1255: cmp rsp,QWORD PTR [r14+0x10] */
			"\x76\x01"	/* 1259: jbe 125c */
			"\xc3"	/* 125b: ret */
			"\xe8\x9f\xfd\xff\xff"	/* 125c: call 1000 */
			"\xeb\xed",	/* 1261: jmp 1250 */
		.size = 19, .refused = "not from a stack check", .num_rets = 1,
	},
	{
		.name = "small_1_17", .arch = &abi_arm64, .start = 0x1010,
		.code =
			"\x90\x0b\x40\xf9"	/* 1010: ldr x16, [x28, #16] */
			"\xff\x63\x30\xeb"	/* 1014: cmp sp, x16 */
			"\x09\x01\x00\x54"	/* 1018: b.ls 0x1038 */
			"\xfe\x0f\x1d\xf8"	/* 101c: str x30, [sp, #-48]! */
			"\xfd\x83\x1f\xf8"	/* 1020: stur x29, [sp, #-8] */
			"\xfd\x23\x00\xd1"	/* 1024: sub x29, sp, #8 */
			"\xf7\xff\xff\x97"	/* 1028: bl 0x1004 */
			"\xfd\xfb\x7f\xa9"	/* 102c: ldp x29, x30, [sp, #-8] */
			"\xff\xc3\x00\x91"	/* 1030: add sp, sp, #48 */
			"\xc0\x03\x5f\xd6"	/* 1034: ret */
			"\xe0\x87\x00\xa9"	/* 1038: stp x0, x1, [sp, #8] */
			"\xe3\x03\x1e\xaa"	/* 103c: mov x3, x30 */
			"\xf0\xff\xff\x97"	/* 1040: bl 0x1000 */
			"\xe0\x87\x40\xa9"	/* 1044: ldp x0, x1, [sp, #8] */
			"\xf2\xff\xff\x17",	/* 1048: b 0x1010 */
		.size = 60, .addr = 0x1018, .cost = GOSYM_EMULATED, .skip_taken = true, .cond = 9, .num_rets = 1,
	},
	{
		.name = "medium_1_17", .arch = &abi_arm64, .start = 0x1050,
		.code =
			"\x90\x0b\x40\xf9"	/* 1050: ldr x16, [x28, #16] */
			"\xf1\x03\x04\xd1"	/* 1054: sub x17, sp, #256 */
			"\x3f\x02\x10\xeb"	/* 1058: cmp x17, x16 */
			"\x09\x01\x00\x54"	/* 105c: b.ls 0x107c */
			"\xf4\x03\x06\xd1"	/* 1060: sub x20, sp, #384 */
			"\x9d\xfa\x3f\xa9"	/* 1064: stp x29, x30, [x20, #-8] */
			"\x9f\x02\x00\x91"	/* 1068: mov sp, x20 */
			"\xfd\x23\x00\xd1"	/* 106c: sub x29, sp, #8 */
			"\xfd\xfb\x7f\xa9"	/* 1070: ldp x29, x30, [sp, #-8] */
			"\xff\x03\x06\x91"	/* 1074: add sp, sp, #384 */
			"\xc0\x03\x5f\xd6"	/* 1078: ret */
			"\xe0\x07\x00\xf9"	/* 107c: str x0, [sp, #8] */
			"\xe3\x03\x1e\xaa"	/* 1080: mov x3, x30 */
			"\xdf\xff\xff\x97"	/* 1084: bl 0x1000 */
			"\xe0\x07\x40\xf9"	/* 1088: ldr x0, [sp, #8] */
			"\xf1\xff\xff\x17",	/* 108c: b 0x1050 */
		.size = 64, .addr = 0x105c, .cost = GOSYM_EMULATED, .skip_taken = true, .cond = 9, .num_rets = 1,
	},
	{
		.name = "huge_1_17", .arch = &abi_arm64, .start = 0x1090,
		.code =
			"\x90\x0b\x40\xf9"	/* 1090: ldr x16, [x28, #16] */
			"\x1b\x00\x84\xd2"	/* 1094: mov x27, #8192 */
			"\xf1\x63\x3b\xeb"	/* 1098: subs x17, sp, x27 */
			"\xe3\x00\x00\x54"	/* 109c: b.lo 0x10b8 */
			"\x3f\x02\x10\xeb"	/* 10a0: cmp x17, x16 */
			"\xa9\x00\x00\x54"	/* 10a4: b.ls 0x10b8 */
			"\xf4\x0b\x40\xd1"	/* 10a8: sub x20, sp, #2, lsl #12 // =8192 */
			"\x9d\xfa\x3f\xa9"	/* 10ac: stp x29, x30, [x20, #-8] */
			"\x9f\x02\x00\x91"	/* 10b0: mov sp, x20 */
			"\xc0\x03\x5f\xd6"	/* 10b4: ret */
			"\xe3\x03\x1e\xaa"	/* 10b8: mov x3, x30 */
			"\xd1\xff\xff\x97"	/* 10bc: bl 0x1000 */
			"\xf4\xff\xff\x17",	/* 10c0: b 0x1090 */
		.size = 52, .addr = 0x10a4, .cost = GOSYM_EMULATED, .skip_taken = true, .cond = 9, .num_rets = 1,
	},
	{
		.name = "small_1_15", .arch = &abi_arm64, .start = 0x10d0, .stack_abi = true,
		.code =
			"\x81\x0b\x40\xf9"	/* 10d0: ldr x1, [x28, #16] */
			"\xe2\x03\x00\x91"	/* 10d4: mov x2, sp */
			"\x5f\x00\x01\xeb"	/* 10d8: cmp x2, x1 */
			"\x89\x00\x00\x54"	/* 10dc: b.ls 0x10ec */
			"\xfe\x0f\x1e\xf8"	/* 10e0: str x30, [sp, #-32]! */
			"\xfe\x07\x42\xf8"	/* 10e4: ldr x30, [sp], #32 */
			"\xc0\x03\x5f\xd6"	/* 10e8: ret */
			"\xe3\x03\x1e\xaa"	/* 10ec: mov x3, x30 */
			"\xc4\xff\xff\x97"	/* 10f0: bl 0x1000 */
			"\xf7\xff\xff\x17",	/* 10f4: b 0x10d0 */
		.size = 40, .addr = 0x10dc, .cost = GOSYM_EMULATED, .skip_taken = true, .cond = 9, .num_rets = 1,
	},
	{
		.name = "huge_1_15", .arch = &abi_arm64, .start = 0x1100, .stack_abi = true,
		.code =
			"\x81\x0b\x40\xf9"	/* 1100: ldr x1, [x28, #16] */
			"\x3b\xa4\x80\x92"	/* 1104: mov x27, #-1314 */
			"\x3f\x00\x1b\xeb"	/* 1108: cmp x1, x27 */
			"\x40\x01\x00\x54"	/* 110c: b.eq 0x1134 */
			"\xe2\x83\x0e\x91"	/* 1110: add x2, sp, #928 */
			"\x42\x00\x01\xcb"	/* 1114: sub x2, x2, x1 */
			"\x1b\x62\x84\xd2"	/* 1118: mov x27, #8976 */
			"\x5f\x00\x1b\xeb"	/* 111c: cmp x2, x27 */
			"\xa9\x00\x00\x54"	/* 1120: b.ls 0x1134 */
			"\xfb\x0b\x40\xd1"	/* 1124: sub x27, sp, #2, lsl #12 // =8192 */
			"\x7e\x03\x00\xf9"	/* 1128: str x30, [x27] */
			"\x7f\x03\x00\x91"	/* 112c: mov sp, x27 */
			"\xc0\x03\x5f\xd6"	/* 1130: ret */
			"\xe3\x03\x1e\xaa"	/* 1134: mov x3, x30 */
			"\xb2\xff\xff\x97"	/* 1138: bl 0x1000 */
			"\xf1\xff\xff\x17",	/* 113c: b 0x1100 */
		.size = 64, .addr = 0x1120, .cost = GOSYM_EMULATED, .skip_taken = true, .cond = 9, .num_rets = 1,
	},
	{
		.name = "leaf", .arch = &abi_arm64, .start = 0x1140,
		.code =
			"\x00\x00\x01\x8b"	/* 1140: add x0, x0, x1 */
			"\xc0\x03\x5f\xd6",	/* 1144: ret */
		.size = 8, .addr = 0x1140, .cost = GOSYM_STEPPED, .skip_taken = false, .cond = 0, .num_rets = 1,
	},
	{
		.name = "adrp", .arch = &abi_arm64, .start = 0x1150,
		.code =
			"\x02\x00\x00\x90"	/* 1150: adrp x2, 0x1000 */
			"\xc0\x03\x5f\xd6",	/* 1154: ret */
		.size = 8, .addr = 0x1150, .cost = GOSYM_EMULATED, .skip_taken = false, .cond = 0, .num_rets = 1,
	},
	{
		.name = "pool", .arch = &abi_arm64, .start = 0x1160, .stack_abi = true,
		.code =
			"\x80\x00\x00\x58"	/* 1160: ldr x0, 0x1170 */
			"\xa1\x00\x00\x18"	/* 1164: ldr w1, 0x1178 */
			"\xc0\x03\x5f\xd6"	/* 1168: ret */
			"\x1f\x20\x03\xd5"	/* 116c: nop */
			"\xc0\x03\x5f\xd6"	/* 1170: .word 0xd65f03c0 */
			"\xc0\x03\x5f\xd6"	/* 1174: .word 0xd65f03c0 */
			"\xfa\xff\xff\x17",	/* 1178: .word 0x17fffffa */
		.size = 28, .addr = 0x1168, .cost = GOSYM_EMULATED, .skip_taken = false, .cond = 0, .num_rets = 1,
	},
	{
		.name = "exclusive", .arch = &abi_arm64, .start = 0x1180,
		.code =
			"\x20\xfc\x5f\xc8"	/* 1180: ldaxr x0, [x1] */
			"\xc0\x03\x5f\xd6",	/* 1184: ret */
		.size = 8, .refused = "kernel refuses", .num_rets = 1,
	},
	{
		.name = "table_bare", .arch = &abi_amd64, .start = 0x1300,
		.code =
			"\x48\x83\xfb\x08"		/* 1300: cmp rbx, 8 */
			"\x77\x07"			/* 1304: ja 130d */
			"\x48\x8d\x11"			/* 1306: lea rdx, [rcx] */
			"\xff\x24\xda"			/* 1309: jmp [rdx+rbx*8] */
			"\xc3"				/* 130c: ret */
			"\xc3",				/* 130d: ret */
		.size = 14, .refused = "through a table", .num_rets = 2,
	},
	{
		.name = "table_framed", .arch = &abi_amd64, .start = 0x1300,
		.code =
			"\x55"				/* 1300: push rbp */
			"\x48\x8b\x14\xd8"		/* 1301: mov rdx, [rax+rbx*8] */
			"\xff\xe2"			/* 1305: jmp rdx */
			"\xc3",				/* 1307: ret */
		.size = 8, .addr = 0x1300, .cost = GOSYM_EMULATED, .num_rets = 1,
	},
	{
		.name = "tail_call", .arch = &abi_amd64, .start = 0x1300,
		.code =
			"\x48\x8b\x48\x18"		/* 1300: mov rcx, [rax+0x18] */
			"\xff\xe1",			/* 1304: jmp rcx */
		.size = 6, .addr = 0x1300, .cost = GOSYM_STEPPED, .num_rets = 0,
	},
	{
		.name = "table_bare", .arch = &abi_arm64, .start = 0x1300,
		.code =
			"\x1b\x78\x61\xf8"		/* 1300: ldr x27, [x0, x1, lsl #3] */
			"\x60\x03\x1f\xd6",		/* 1304: br x27 */
		.size = 8, .refused = "through a table", .num_rets = 0,
	},
	{
		/* A nil receiver ends the call at the load: the branch behind it is not reached by every call. */
		.name = "leaf_loads", .arch = &abi_amd64, .start = 0x1300,
		.code =
			"\x48\x8b\x50\x08"		/* 1300: mov rdx, [rax+8] */
			"\x48\x85\xdb"			/* 1304: test rbx, rbx */
			"\x74\x01"			/* 1307: je 130a */
			"\xc3"				/* 1309: ret */
			"\xc3",				/* 130a: ret */
		.size = 11, .addr = 0x1300, .cost = GOSYM_STEPPED, .num_rets = 2,
	},
	{
		.name = "leaf_loads", .arch = &abi_arm64, .start = 0x1300,
		.code =
			"\x02\x04\x40\xf9"		/* 1300: ldr x2, [x0, #8] */
			"\xc0\x03\x5f\xd6",		/* 1304: ret */
		.size = 8, .stack_abi = true, .addr = 0x1300, .cost = GOSYM_STEPPED, .num_rets = 1,
	},
};
/* clang-format on */

static const uint64_t morestack = 0x1000;

static struct func_code code_of(const struct row *r)
{
	return (struct func_code){
		.arch = r->arch, .morestack = &morestack, .num_morestack = 1,
		.bytes = { .data = (const uint8_t *)r->code, .size = r->size, .addr = r->start, .ptr_size = 8 },
	};
}

static uint64_t wanted_of(const struct row *r)
{
	uint64_t wanted = 0;

	for (int i = 0; !r->stack_abi && i < r->arch->sequence.num_ints; i++)
		wanted |= UINT64_C(1) << r->arch->sequence.ints[i];
	return wanted;
}

static size_t count_returns(const struct flow *f)
{
	size_t n = 0;

	for (size_t i = 0; i < f->events.num; i++)
		n += f->events.data[i].kind == INSN_RET;
	return n;
}

static void test_choice(void **state)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		_cleanup_(cleanup_flow) struct flow f = { .bad = 0 };
		const struct row *r = &rows[i];
		struct func_code code = code_of(r);
		struct site_choice c;
		const char *refused;

		assert_null(flow_read(&code, &f));
		if (count_returns(&f) != r->num_rets || f.bad)
			fail_msg("%s: %zu returns, bad 0x%llx", r->name, count_returns(&f), (unsigned long long)f.bad);
		refused = site_choose(&code, &f, wanted_of(r), &c);
		if (r->refused) {
			if (!refused || !strstr(refused, r->refused))
				fail_msg("%s: refused: %s", r->name, refused ? refused : "not");
			continue;
		}
		if (refused)
			fail_msg("%s: refused: %s", r->name, refused);
		if (c.addr != r->addr || c.cost != r->cost || c.skip_taken != r->skip_taken ||
		    c.branch_cond != r->cond)
			fail_msg("%s: at 0x%llx, cost %d, skip %d, cond %d (%s)", r->name,
				 (unsigned long long)c.addr, c.cost, c.skip_taken, c.branch_cond, c.why);
		assert_int_equal(track_sp_off(&c.state), 0);
	}
}

static void test_deferreturn(void **state)
{
	_cleanup_(cleanup_flow) struct flow f = { .bad = 0 };
	struct func_code code = code_of(&rows[0]);
	struct site_choice c;

	/* A recovered panic goes on at the push: it is no longer run once per call, the check's branch is. */
	code.deferreturn = rows[0].addr;
	assert_null(flow_read(&code, &f));
	assert_null(site_choose(&code, &f, wanted_of(&rows[0]), &c));
	assert_true(c.skip_taken);
}

static void test_restart(void **state)
{
	/* adrp x27, …; ldr x0, [x27, #1048]; str x0, [x27, #2408]; ret */
	static const uint8_t bytes[] = { 0x5b, 0x13, 0x00, 0xf0, 0x60, 0x0f, 0x42, 0xf9,
					 0x60, 0xb7, 0x04, 0xf9, 0xc0, 0x03, 0x5f, 0xd6 };
	const struct func_code code = {
		.arch = &abi_arm64, .bytes = { .data = bytes, .size = sizeof(bytes), .addr = 0x2000 },
	};
	_cleanup_(cleanup_flow) struct flow f = { .bad = 0 };
	struct code_range *sequence;
	struct site_choice c;

	assert_null(flow_read(&code, &f));
	assert_null(site_choose(&code, &f, 1, &c));
	assert_int_equal(c.addr, 0x2000);
	/* As one sequence, the first instruction may run twice, the second only once. */
	sequence = vec_append(&f.restarts);
	assert_non_null(sequence);
	*sequence = (struct code_range){ .start = 0x2000, .end = 0x2008 };
	assert_null(site_choose(&code, &f, 1, &c));
	assert_int_equal(c.addr, 0x2004);
	/* Nothing in front of the load's end, and behind it the argument is gone. */
	sequence->end = 0x200c;
	assert_non_null(site_choose(&code, &f, 1, &c));
}

static void test_unknown_bytes(void **state)
{
	static const uint8_t junk[] = { 0x55, 0x06, 0x06, 0xc3 };
	const struct func_code code = {
		.arch = &abi_amd64, .bytes = { .data = junk, .size = sizeof(junk), .addr = 0x2000 },
	};
	_cleanup_(cleanup_flow) struct flow f = { .bad = 0 };
	struct site_choice c;

	assert_null(flow_read(&code, &f));
	assert_int_equal(f.bad, 0x2001);
	assert_non_null(site_choose(&code, &f, 0, &c));
}

static void test_find(void **state)
{
	struct gosym_site_loc regs[MAX_REGS] = { [0] = { GOSYM_LOC_REG, 12 }, [16] = { GOSYM_LOC_STACK, 24 } };
	uint8_t sizes[MAX_REGS] = { [0] = 8, [16] = 4 };
	struct abi_site site = { .pub = { .sp_off = 32 }, .regs = regs, .sizes = sizes, .args_written_from = 24 };
	const struct gosym_piece ax = { 0, 8, GOSYM_IN_REG, 0 }, x0 = { 0, 4, GOSYM_IN_REG, 16 },
				 x0_wide = { 0, 8, GOSYM_IN_REG, 16 }, bx = { 0, 8, GOSYM_IN_REG, 3 },
				 first = { 0, 16, GOSYM_ON_STACK, 8 }, second = { 0, 8, GOSYM_ON_STACK, 24 };

	assert_int_equal(gosym_site_find(&site.pub, &ax).where, 12);
	assert_int_equal(gosym_site_find(&site.pub, &x0).kind, GOSYM_LOC_STACK);
	assert_int_equal(gosym_site_find(&site.pub, &x0_wide).kind, GOSYM_LOC_LOST);
	assert_int_equal(gosym_site_find(&site.pub, &bx).kind, GOSYM_LOC_LOST);
	assert_int_equal(gosym_site_find(&site.pub, &first).where, 40);
	assert_int_equal(gosym_site_find(&site.pub, &second).kind, GOSYM_LOC_LOST);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_choice),
		cmocka_unit_test(test_deferreturn),
		cmocka_unit_test(test_restart),
		cmocka_unit_test(test_unknown_bytes),
		cmocka_unit_test(test_find),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
