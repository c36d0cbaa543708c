for args in "" frobnicate lst "list" "list --frob x" "emit x y" "emit --format prolog x y" "inspect" "list --color=sometimes x"; do
	echo "\$ gosym $args"
	gosym $args 2>&1 | head -n 1
	echo "status ${PIPESTATUS[0]}"
done
