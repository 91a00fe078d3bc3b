package sandbox

import (
	"encoding/json"
	"net"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

const insideVariable = "SANDBOX_TEST_INSIDE"

// TestMain runs the test binary a second time as the process that is shut in: it cannot be let out again.
func TestMain(m *testing.M) {
	if os.Getenv(insideVariable) == "" {
		os.Exit(m.Run())
	}
	report, err := ShutIn()
	if err != nil {
		panic(err)
	}
	outcome := map[string]string{"complete": strconv.FormatBool(report.Complete())}
	for name, try := range attempts() {
		outcome[name] = onManyThreads(try)
	}
	_ = json.NewEncoder(os.Stdout).Encode(outcome)
	os.Exit(0)
}

// attempts are what a hostile chart would try if it could run code; each returns nil if it got through.
func attempts() map[string]func() error {
	parent := os.Getppid()
	return map[string]func() error{
		"read a file":       func() error { _, err := os.ReadFile("/etc/hostname"); return err },
		"list a folder":     func() error { _, err := os.ReadDir("/"); return err },
		"look at a file":    func() error { _, err := os.Stat("/etc/hostname"); return err },
		"write a file":      func() error { return os.WriteFile("written", []byte("x"), 0o600) },
		"make a folder":     func() error { return os.Mkdir("made", 0o700) },
		"memory file":       func() error { _, err := unix.MemfdCreate("x", 0); return err },
		"tcp":               func() error { _, err := net.Dial("tcp", "127.0.0.1:1"); return err },
		"tcp over v6":       func() error { _, err := net.Dial("tcp", "[::1]:1"); return err },
		"udp":               func() error { _, err := net.Dial("udp", "127.0.0.1:1"); return err },
		"unix socket":       func() error { _, err := net.Dial("unix", "/run/x"); return err },
		"abstract socket":   func() error { _, err := net.Listen("unix", "@x"); return err },
		"netlink socket":    func() error { _, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW, 0); return err },
		"name look-up":      func() error { _, err := net.LookupHost("localhost"); return err },
		"exec":              func() error { return exec.Command("/bin/true").Run() },
		"exec in place":     func() error { return syscall.Exec("/bin/true", []string{"true"}, nil) },
		"signal the parent": func() error { return syscall.Kill(parent, 0) },
		"signal all":        func() error { return syscall.Kill(-1, 0) },
		"trace the parent":  func() error { return unix.PtraceAttach(parent) },
		"read the parent":   func() error { _, err := unix.ProcessVMReadv(parent, nil, nil, 0); return err },
		"new namespace":     func() error { return unix.Unshare(unix.CLONE_NEWUSER) },
		"executable memory": func() error {
			_, err := unix.Mmap(-1, 0, 4096, unix.PROT_READ|unix.PROT_EXEC, unix.MAP_ANON|unix.MAP_PRIVATE)
			return err
		},
	}
}

// onManyThreads tries on every thread of several at once; "denied" only if none of them got through.
func onManyThreads(try func() error) string {
	const threads = 8
	var wait sync.WaitGroup
	ready := make(chan struct{})
	results := make([]string, threads)
	for i := range threads {
		wait.Add(1)
		go func() {
			defer wait.Done()
			runtime.LockOSThread()
			<-ready
			results[i] = "denied"
			switch err := try(); {
			case err == nil:
				results[i] = "ALLOWED"
			case strings.Contains(err.Error(), "refused"): // it got as far as the other side
				results[i] = "ALLOWED: " + err.Error()
			}
		}()
	}
	close(ready)
	wait.Wait()
	for _, result := range results {
		if result != "denied" {
			return result
		}
	}
	return "denied"
}

func inside(t *testing.T) map[string]string {
	t.Helper()
	command := exec.Command(os.Args[0])
	command.Env = append(os.Environ(), insideVariable+"=1")
	command.Dir = t.TempDir()
	var errors strings.Builder
	command.Stderr = &errors
	output, err := command.Output()
	if err != nil {
		t.Fatalf("the process inside ended badly: %v\n%s", err, errors.String())
	}
	var outcome map[string]string
	if err := json.Unmarshal(output, &outcome); err != nil {
		t.Fatalf("it said %q: %v", output, err)
	}
	return outcome
}

// Cases S-125 and S-141 of the security bar.
func TestShutInDeniesEverythingThatReachesOut(t *testing.T) {
	outcome := inside(t)
	if outcome["complete"] != "true" {
		t.Errorf("complete: %s", outcome["complete"])
	}
	for name := range attempts() {
		if outcome[name] != "denied" {
			t.Errorf("%s: %s", name, outcome[name])
		}
	}
}

func TestTheAttemptsWouldSucceedOutside(t *testing.T) {
	t.Chdir(t.TempDir())
	all := attempts()
	for _, name := range []string{
		"read a file", "list a folder", "write a file", "make a folder", "memory file", "udp", "abstract socket", "exec",
		"signal the parent", "netlink socket", "executable memory", "name look-up",
	} {
		if err := all[name](); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
