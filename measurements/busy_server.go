// The peer in Go of the measurement `busy_server`: net/http, with a goroutine for each
// connection.
//
//	busy_server_go <milliseconds of think time>
//	busy_server_go --version
//
// Prints `listening on port N`, and ends with exit code 130 at Ctrl-C.
package main

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"runtime"
	"strconv"
	"time"
)

var body = []byte("ready\n")

func main() {
	if len(os.Args) != 2 {
		fail("usage: busy_server_go <milliseconds of think time>")
	}
	if os.Args[1] == "--version" {
		fmt.Print(runtime.Version())
		return
	}
	milliseconds, err := strconv.Atoi(os.Args[1])
	if err != nil {
		fail(err.Error())
	}
	think := time.Duration(milliseconds) * time.Millisecond
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fail(err.Error())
	}
	handler := http.HandlerFunc(func(writer http.ResponseWriter, request *http.Request) {
		if request.URL.Path != "/" {
			http.NotFound(writer, request)
			return
		}
		if request.Method != http.MethodGet {
			http.Error(writer, "", http.StatusMethodNotAllowed)
			return
		}
		if think > 0 {
			time.Sleep(think)
		}
		writer.Header().Set("Content-Type", "text/plain")
		writer.Write(body)
	})
	limit := 60*time.Second + think
	server := http.Server{
		Handler:        handler,
		ReadTimeout:    limit,
		WriteTimeout:   limit,
		IdleTimeout:    limit,
		MaxHeaderBytes: 8 << 10,
	}

	interrupted := make(chan os.Signal, 1)
	signal.Notify(interrupted, os.Interrupt)
	go func() {
		<-interrupted
		os.Exit(130)
	}()
	fmt.Printf("listening on port %d\n", listener.Addr().(*net.TCPAddr).Port)
	fail(server.Serve(listener).Error())
}

func fail(message string) {
	fmt.Fprintln(os.Stderr, "busy_server_go: "+message)
	os.Exit(1)
}
