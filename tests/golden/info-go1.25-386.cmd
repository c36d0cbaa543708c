elfgen go1.25-386 >program
gosym info program
gosym info --json program
