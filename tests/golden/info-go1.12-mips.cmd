elfgen go1.12-mips >program
gosym info program
gosym info --json program
