// Command double stands in for every container of a stack, so that the tests need an engine and no image but their own.
package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"

	"github.com/ssoproof/ssoproof/internal/edge"
)

func main() {
	if err := run(os.Args[1], os.Args[2:]); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}

func run(role string, args []string) error {
	fmt.Println("double of", role)
	switch role {
	case "edge": // edge --config FILE
		return edge.Main(context.Background(), args[1], os.Stdout)
	case "postgres", "postgres-newer":
		return answer(":5432", "N")
	case "valkey":
		return answer(":6379", "+PONG\r\n")
	case "chrome":
		return http.ListenAndServe(":9222", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "{}") }))
	case "product":
		return http.ListenAndServe(":"+os.Getenv("PORT"), http.HandlerFunc(product))
	case "dying":
		return fmt.Errorf("this one cannot live")
	}
	return fmt.Errorf("no such role")
}

// answer says the same to everybody.
func answer(address, text string) error {
	l, err := net.Listen("tcp", address)
	if err != nil {
		return err
	}
	for {
		conn, err := l.Accept()
		if err != nil {
			return err
		}
		go func() {
			defer conn.Close()
			_, _ = conn.Read(make([]byte, 64))
			_, _ = io.WriteString(conn, text)
		}()
	}
}

// stored is a file on the volume of a product.
const stored = "/data/stored"

// product tells its host; /fetch?url= asks over TLS as a back channel does, /die ends it, /shout
// ends it after a line of megabytes, /eat takes all the memory that there is, /keep?text= stores a text that /kept tells.
func product(w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case "/die":
		fmt.Println("told to die")
		os.Exit(7)
	case "/shout":
		fmt.Printf("told to shout\n%s", bytes.Repeat([]byte("x"), 8<<20))
		os.Exit(7)
	case "/eat":
		fmt.Println("told to eat")
		for eaten := [][]byte{}; ; {
			eaten = append(eaten, bytes.Repeat([]byte("x"), 1<<20))
		}
	case "/fetch":
		body, err := fetch(r.FormValue("url"))
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		fmt.Fprintf(w, "fetched: %s", body)
	case "/keep":
		if err := os.WriteFile(stored, []byte(r.FormValue("text")), 0o600); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
		}
	case "/kept":
		text, err := os.ReadFile(stored)
		fmt.Fprintf(w, "%s %t", text, err == nil)
	default:
		fmt.Fprintf(w, "%s %s", r.Header.Get("X-Forwarded-Proto"), r.Host)
	}
}

func fetch(url string) ([]byte, error) {
	path := os.Getenv("NODE_EXTRA_CA_CERTS")
	if path == "" {
		path = os.Getenv("REQUESTS_CA_BUNDLE")
	}
	pem, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(pem)
	c := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}}
	res, err := c.Get(url)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	return io.ReadAll(res.Body)
}
