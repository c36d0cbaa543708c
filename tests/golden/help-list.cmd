gosym list --help
