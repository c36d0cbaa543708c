# One line for each, and the offset of what is wrong.
for patch in pclntab=0 pclntab+6=3 pclntab+7=5 pclntab+8=0xff pclntab+11=0x7f functab+4=0xff record+4=0xff pclntab+32=0xff shdrs+4=0xff text=0; do
	elfgen go1.23-amd64 $patch >program
	echo "\$ $patch"
	gosym list program
	echo "status $?"
done
