module aggregate

go 1.15
