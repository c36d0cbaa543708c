elfgen go1.27-arm64 >program
gosym info program
gosym info --json program
