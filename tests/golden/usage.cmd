for args in "" frobnicate lst "list" "list --frob x" "emit x y" "emit --format prolog x y" "inspect" "list --color=sometimes x"; do
	echo "\$ gosym $args"
	gosym $args >out 2>&1
	status=$?
	head -n 1 out
	echo "status $status"
done
