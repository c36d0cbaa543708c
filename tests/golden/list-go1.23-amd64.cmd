elfgen go1.23-amd64 >program
gosym list program
gosym list --json program
