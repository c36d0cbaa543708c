module floats

go 1.15
