gosym symbolize --help
