elfgen go1.2-386 >program
gosym list program
gosym list --json program
