gosym emit --help
