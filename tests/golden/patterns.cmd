elfgen go1.23-amd64 >program
for p in main.add "main.*" "net/http.(*Server).Serve" "net/http.(*S*" "/^main\..(d|s)/" "main.Add" "main.nothing" "/(/" "*"; do
	echo "\$ gosym list program $p"
	gosym list program "$p"
	echo "status $?"
done
