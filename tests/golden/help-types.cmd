gosym types --help
