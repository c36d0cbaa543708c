gosym trace --help
