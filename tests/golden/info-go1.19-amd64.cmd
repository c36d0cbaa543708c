elfgen go1.19-amd64 >program
gosym info program
gosym info --json program
