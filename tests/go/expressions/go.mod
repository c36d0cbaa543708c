module expressions

go 1.15
