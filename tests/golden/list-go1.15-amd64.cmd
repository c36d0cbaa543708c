elfgen go1.15-amd64 >program
gosym list program
gosym list --json program
