gosym help
