head -c 40 /dev/zero >zeros
: >empty
printf "\177ELF" >magic
elfgen go1.23-amd64 >program
head -c 300 program >cut
mkdir folder
elfgen go1.23-amd64 0x12=0xb7 >other-machine
elfgen go1.23-amd64 4=1 >other-class
elfgen go1.23-amd64 5=2 >other-order
elfgen go1.23-amd64 4=9 >no-class
for f in zeros empty magic cut folder nothing other-machine other-class other-order no-class; do
	echo "\$ gosym list $f"
	gosym list $f
	echo "status $?"
done
