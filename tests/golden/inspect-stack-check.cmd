# cmp rsp, [r14+16]; jbe; push rbp; mov rbp, rsp; mov eax, 1; pop rbp; ret; nop…; call morestack; jmp to the entry
code=(49 3b 66 10 76 0e 55 48 89 e5 b8 01 00 00 00 5d c3 90 90 90 e8 07 00 00 00 eb e5 cc cc cc cc cc)
patch=()
for i in "${!code[@]}"; do patch+=("text+$i=0x${code[i]}"); done
elfgen go1.23-amd64-stack-check "${patch[@]}" >program
gosym inspect program main.main
gosym inspect --json program main.main
for format in json tracefs bpftrace; do
	gosym emit --format $format program main.main | sed "s#$PWD/##"
done
