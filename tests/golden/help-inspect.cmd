gosym inspect --help
