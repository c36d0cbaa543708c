module service

go 1.15
