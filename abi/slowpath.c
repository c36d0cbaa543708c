// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * Functions that use none of their register arguments: the slow path of their stack check keeps none of them
 * (spill.c), and when the call begins anew behind runtime.morestack the registers hold what the runtime left there.
 * The values are right, for the last time, at the slow path's first instruction.
 *
 *	entry:	cmp  rsp, [r14+0x10]
 *		jbe  slow
 *		push rbp			<- the site: BX is the address of the jmp, if it was slow
 *		…
 *	slow:	call runtime.morestack_noctxt	<- rax, rbx, … are the arguments, unless BX says it was here before
 *		jmp  entry
 *
 * A goroutine always goes on through runtime.gogo, which loads the address into a register and jumps
 * (runtime/asm_<arch>.s: "MOVQ gobuf_pc(BX), BX; JMP BX", "MOVD gobuf_pc(R5), R6; B (R6)"): what is in that register
 * tells a call that has been there from all others. The register is taken from gogo's own code.
 */
#include "abi/slowpath.h"
#include "abi/spill.h"

int slowpath_resume_reg(const struct func_code *gogo)
{
	uint64_t end = gogo->bytes.addr + gogo->bytes.size;
	struct insn in;

	for (uint64_t addr = gogo->bytes.addr; addr < end; addr += in.len) {
		if (!gogo->arch->insn->decode(&gogo->bytes, addr, &in))
			return REG_NONE;
		if (in.kind == INSN_INDIRECT_JUMP)
			return in.indexed ? REG_NONE : in.src;
	}
	return REG_NONE;
}

bool slowpath_read(const struct func_code *code, const struct flow *f, int resume_reg, struct gosym_slow_path *ret)
{
	struct spill_info spill;
	bool understood = spill_read(code, f, &spill);

	*ret = (struct gosym_slow_path){ .addr = 0 };
	if (!spill.call || (understood && spill.num))
		return true;
	if (!spill.start || resume_reg == REG_NONE)
		return false;
	ret->addr = spill.start;
	ret->resume = spill.next;
	ret->resume_reg = resume_reg;
	return true;
}
