module linkmodes

go 1.18
