elfgen go1.23-amd64 >program
gosym info program
gosym info --json program
