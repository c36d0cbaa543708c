elfgen go1.23-amd64-no-sections >program
gosym list program
gosym list --json program
