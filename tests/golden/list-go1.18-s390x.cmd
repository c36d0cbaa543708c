elfgen go1.18-s390x >program
gosym list program
gosym list --json program
