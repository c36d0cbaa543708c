module hits

go 1.15
