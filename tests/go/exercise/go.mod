module exercise

go 1.15
