gosym info --help
