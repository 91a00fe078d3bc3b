// Command tool_worker computes what others have defined: it holds the field's own libraries (Helm, Kustomize, Jsonnet, the
// Kubernetes YAML reader, jq, Lua and more: package operations lists them) behind one pipe. Requests come in on stdin, one at a time, and answers go
// out on stdout, as package frames says; a first answer, "hello", tells how the process has shut itself in. It reads no
// file, no environment and no network, and ends when stdin is closed, whatever it is doing.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"log/slog"
	"os"
	"runtime/debug"
	"time"
	_ "time/tzdata" // templates name time zones, and the ones on disk are out of reach

	"argosy/tool_worker/internal/frames"
	"argosy/tool_worker/internal/operations"
	"argosy/tool_worker/internal/refusal"
	"argosy/tool_worker/internal/sandbox"
)

// protocol is raised when a frame, an operation or an answer changes its meaning.
const protocol = 2

type hello struct {
	Protocol int            `json:"protocol"`
	Sandbox  sandbox.Report `json:"sandbox"`
	Problem  string         `json:"problem"`
}

func main() {
	unsandboxed := flag.Bool("allow-unsandboxed", false, "work even if this machine cannot shut the process in")
	outputLimit := flag.Int("output-limit", 64<<20, "largest answer, in bytes of JSON")
	memory := flag.Int64("memory-limit", 1<<30, "bytes that the process may have, by the limit that it is started with")
	flag.Parse()
	debug.SetMemoryLimit(*memory / 10 * 8) // near the limit, memory is tidied up more often
	debug.SetGCPercent(200)                // a tenth less time for memory that goes back at the next rest
	debug.SetMaxStack(int(*memory / 4))    // templates that call themselves: a stack is copied when it doubles
	log.SetOutput(io.Discard)              // libraries warn there, about things that the answer says
	slog.SetDefault(slog.New(slog.DiscardHandler))
	time.Local = time.UTC

	greeting := hello{Protocol: protocol}
	var err error
	if greeting.Sandbox, err = sandbox.ShutIn(); err != nil {
		greeting.Problem = err.Error()
	}
	out := bufio.NewWriterSize(os.Stdout, 1<<20)
	os.Stdout = nil // nothing but frames may be written there
	send(out, "hello", greeting)
	if !greeting.Sandbox.Complete() && !*unsandboxed {
		os.Exit(3)
	}
	serve(out, requests(), operations.Limits{Output: *outputLimit})
}

// rest is how long nothing is asked before memory that is not used goes back to the machine.
const rest = time.Second

func serve(out *bufio.Writer, asked <-chan frames.Request, limits operations.Limits) {
	resting := time.NewTimer(rest)
	for {
		select {
		case request := <-asked:
			answer(out, request, limits)
			resting.Reset(rest)
		case <-resting.C:
			debug.FreeOSMemory()
		}
	}
}

// requests reads ahead while an operation runs, so that a closed pipe ends the process at once: whoever asked is gone.
func requests() <-chan frames.Request {
	read := make(chan frames.Request)
	go func() {
		in := bufio.NewReaderSize(os.Stdin, 1<<20)
		for {
			request, err := frames.Read(in)
			if errors.Is(err, io.EOF) {
				os.Exit(0)
			}
			if err != nil {
				fmt.Fprintln(os.Stderr, "tool_worker:", err)
				os.Exit(1)
			}
			read <- request
		}
	}()
	return read
}

func answer(out *bufio.Writer, request frames.Request, limits operations.Limits) {
	value, err := operations.Run(request, limits)
	var limit *refusal.Limit
	var failed *refusal.Failed
	switch {
	case err == nil:
		send(out, "answered", value)
	case errors.As(err, &limit):
		send(out, "limit", limit)
	case errors.As(err, &failed):
		send(out, "failed", failed)
	default:
		send(out, "failed", &refusal.Failed{Message: err.Error()})
	}
}

// send ends the process where the pipe is gone or the answer cannot be written as JSON: it has nobody else to tell.
func send(out *bufio.Writer, outcome string, value any) {
	body, err := json.Marshal(value)
	if err == nil {
		err = frames.Write(out, frames.Answer{Outcome: outcome, Body: body})
	}
	if err == nil {
		err = out.Flush()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "tool_worker:", err)
		os.Exit(1)
	}
}
