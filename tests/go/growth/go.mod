module growth

go 1.15
