package main

// Components as processes: started so that they cannot outlive the supervisor, found and ended if they ever do.

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// component says how to start one process.
type component struct {
	cluster   string // empty for etcd, which serves all
	program   string
	arguments []string
}

func (c component) String() string {
	if c.cluster == "" {
		return c.program
	}
	return c.cluster + "/" + c.program
}

func (c component) file(s state, extension string) string {
	return s.path(c.cluster, c.program+extension)
}

// process is a component that runs, or has run until `ended` was closed.
type process struct {
	component component
	command   *exec.Cmd
	ended     chan struct{}
}

// start runs the component in the state directory with its own log, an environment without anything of the caller's
// (KUBECONFIG and proxies among it), and the order to the kernel to kill it when the supervisor dies.
func start(c component, s state) (*process, error) {
	executable, leading := c.executable()
	log, err := os.OpenFile(c.file(s, ".log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	defer log.Close()
	command := exec.Command(executable, append(leading, c.arguments...)...)
	command.Args[0] = "devcluster"
	command.Dir = string(s)
	command.Env = []string{"HOME=" + string(s)}
	command.Stdout = log
	command.Stderr = log
	command.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := command.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", c, err)
	}
	p := &process{component: c, command: command, ended: make(chan struct{})}
	go func() {
		_ = command.Wait() // how it ended is in its log and in ProcessState
		close(p.ended)
	}()
	return p, os.WriteFile(c.file(s, ".pid"), []byte(strconv.Itoa(command.Process.Pid)), 0o600)
}

// stop asks all of them to end, waits for at most the given time, and then kills those that are left.
func stop(processes []*process, patience time.Duration) {
	for _, p := range processes {
		_ = p.command.Process.Signal(syscall.SIGTERM) // an error means that it has ended
	}
	deadline := time.After(patience)
	for _, p := range processes {
		select {
		case <-p.ended:
		case <-deadline:
			killAll(processes)
			return
		}
	}
}

func killAll(processes []*process) {
	for _, p := range processes {
		_ = p.command.Process.Kill()
	}
	for _, p := range processes {
		<-p.ended
	}
}

// lastLines returns the end of a component's log, for an error message.
func lastLines(c component, s state, count int) string {
	data, err := os.ReadFile(c.file(s, ".log"))
	if err != nil {
		return err.Error()
	}
	lines := strings.Split(strings.TrimSpace(string(data)), "\n")
	return strings.Join(lines[max(0, len(lines)-count):], "\n")
}

// killLeftovers ends what a crashed supervisor has left. A process is ours, and not another one that got the number
// in a pid file since, only if it runs in the state directory.
func killLeftovers(s state) error {
	files, err := filepath.Glob(s.path("*.pid"))
	if err != nil {
		return err
	}
	ofClusters, err := filepath.Glob(s.path("*", "*.pid"))
	if err != nil {
		return err
	}
	for _, file := range append(files, ofClusters...) {
		pid, err := readPID(file)
		if err != nil || !runsIn(pid, s) {
			continue
		}
		if err := syscall.Kill(pid, syscall.SIGKILL); err != nil && !errors.Is(err, syscall.ESRCH) {
			return fmt.Errorf("end process %d of %s: %w", pid, s, err)
		}
		if !eventually(endPatience, func() bool { return !runsIn(pid, s) }) {
			return fmt.Errorf("process %d of %s does not end", pid, s)
		}
	}
	return nil
}

func runsIn(pid int, s state) bool {
	directory, err := os.Readlink(fmt.Sprintf("/proc/%d/cwd", pid))
	return err == nil && directory == string(s)
}

// eventually polls until the condition holds and tells whether it did within the given time.
func eventually(patience time.Duration, condition func() bool) bool {
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if condition() {
			return true
		}
	}
	return condition()
}
