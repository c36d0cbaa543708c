cp "$GOSYM_TOP/tests/fuzz/corpus/open/dwarf4-unit" program
gosym inspect program main.main
gosym inspect --json program main.add
gosym inspect program main.ad
