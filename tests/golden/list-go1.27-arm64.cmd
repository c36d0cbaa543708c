elfgen go1.27-arm64 >program
gosym list program
gosym list --json program
