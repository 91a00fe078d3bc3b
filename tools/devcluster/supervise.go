package main

// The supervisor: the process that `up` leaves behind. It starts the components in order, restarts one that ends, and
// takes everything away again when it is told to stop or when its owner has gone.

import (
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
	"k8s.io/client-go/kubernetes"
)

const (
	progressDescriptor = 3
	readyLine          = "ready"
	// endPatience is how long a process may take to end before it is killed.
	endPatience = 5 * time.Second
	// restartDelay keeps a component that cannot start from using up the machine.
	restartDelay = 500 * time.Millisecond
)

type supervisor struct {
	state    state
	options  options
	progress io.WriteCloser
	running  []*process
	exits    chan *process
	stop     chan string // why
	deadline time.Time
}

// supervise runs a control plane in the state directory until it is told to stop. It writes lines of progress, the
// last of which is readyLine, and closes the writer.
func supervise(s state, chosen options, progress io.WriteCloser) error {
	lock, err := s.lock()
	if err != nil {
		return err
	}
	defer lock.Close()
	v := &supervisor{
		state: s, options: chosen, progress: progress,
		exits: make(chan *process, 16), stop: make(chan string, 1), deadline: time.Now().Add(chosen.StartWithin),
	}
	v.listen()
	if err = v.bringUp(); err == nil {
		v.report(readyLine)
		_ = progress.Close()
		v.keepRunning()
	} else {
		v.report("%s", err)
	}
	v.stopAll()
	if removal := os.RemoveAll(string(s)); err == nil {
		err = removal
	}
	return err
}

// listen turns a signal and the owner's end into a reason to stop.
func (v *supervisor) listen() {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGTERM, syscall.SIGINT)
	go func() { v.stop <- "told to stop by " + (<-signals).String() }()
	if v.options.OwnerPID != 0 {
		go func() {
			awaitEnd(v.options.OwnerPID)
			v.stop <- fmt.Sprintf("its owner, process %d, has ended", v.options.OwnerPID)
		}()
	}
}

// awaitEnd returns when the process has ended, or at once if there is none.
func awaitEnd(pid int) {
	descriptor, err := unix.PidfdOpen(pid, 0)
	if err != nil {
		return
	}
	defer unix.Close(descriptor)
	for {
		_, err := unix.Poll([]unix.PollFd{{Fd: int32(descriptor), Events: unix.POLLIN}}, -1)
		if err != unix.EINTR {
			return
		}
	}
}

// bringUp starts everything and returns when pods can be scheduled in every cluster.
func (v *supervisor) bringUp() error {
	v.report("starting etcd")
	if err := v.start(etcd()); err != nil {
		return err
	}
	clusters := make([]cluster, 0, 2)
	for _, name := range v.options.clusterNames() {
		c, err := prepare(name, v.state)
		if err != nil {
			return err
		}
		clusters = append(clusters, c)
	}
	if err := v.await("etcd", func() bool { return exists(v.state.path("etcd.sock")) }); err != nil {
		return err
	}
	for _, c := range clusters {
		v.report("starting %s at https://127.0.0.1:%d", c.name, c.port)
		if err := v.start(c.apiServer()); err != nil {
			return err
		}
	}
	for _, c := range clusters {
		if err := v.bringUpCluster(c); err != nil {
			return err
		}
	}
	return v.state.saveOptions(v.options)
}

func (v *supervisor) bringUpCluster(c cluster) error {
	client, err := newClient(c)
	if err != nil {
		return err
	}
	if err := v.await(c.name+": API server", func() bool { return apiServerReady(client) }); err != nil {
		return err
	}
	if err := v.start(c.followers()...); err != nil {
		return err
	}
	if err := v.createObjects(c, client); err != nil {
		return err
	}
	v.report("%s: waiting for %d nodes", c.name, v.options.Nodes)
	return v.await(c.name+": nodes", func() bool { return nodesReady(client, v.options.Nodes) })
}

func (v *supervisor) createObjects(c cluster, client kubernetes.Interface) error {
	if err := createStorageClass(client); err != nil {
		return fmt.Errorf("%s: create the storage class: %w", c.name, err)
	}
	for number := range v.options.Nodes {
		if err := createNode(client, number); err != nil {
			return fmt.Errorf("%s: create a node: %w", c.name, err)
		}
	}
	return nil
}

// keepRunning restarts what ends, until there is a reason to stop.
func (v *supervisor) keepRunning() {
	for {
		select {
		case reason := <-v.stop:
			v.log("stopping: %s", reason)
			return
		case ended := <-v.exits:
			v.log("%s ended (%s), starting it again", ended.component, ended.command.ProcessState)
			time.Sleep(restartDelay)
			if err := v.start(ended.component); err != nil {
				v.log("%s", err)
				v.exits <- ended
			}
		}
	}
}

func (v *supervisor) start(components ...component) error {
	for _, c := range components {
		p, err := start(c, v.state)
		if err != nil {
			return err
		}
		v.forget(c)
		v.running = append(v.running, p)
		go func() {
			<-p.ended
			v.exits <- p
		}()
	}
	return nil
}

// stopAll ends etcd last: an API server without it takes long to end.
func (v *supervisor) stopAll() {
	var storage, others []*process
	for _, p := range v.running {
		if p.component.cluster == "" {
			storage = append(storage, p)
		} else {
			others = append(others, p)
		}
	}
	stop(others, endPatience)
	stop(storage, endPatience)
}

// forget drops the process that the component has been until now.
func (v *supervisor) forget(c component) {
	for index, p := range v.running {
		if p.component.String() == c.String() {
			v.running = append(v.running[:index], v.running[index+1:]...)
			return
		}
	}
}

// await polls until the condition holds. It fails when a component ends, when it takes too long, or when the
// supervisor is to stop.
func (v *supervisor) await(what string, condition func() bool) error {
	expired := time.After(time.Until(v.deadline))
	for {
		if condition() {
			return nil
		}
		select {
		case reason := <-v.stop:
			return fmt.Errorf("stopped while starting: %s", reason)
		case ended := <-v.exits:
			return fmt.Errorf("%s ended while starting (%s); the end of its log:\n%s",
				ended.component, ended.command.ProcessState, lastLines(ended.component, v.state, 10))
		case <-expired:
			return fmt.Errorf("%s: not ready within %s", what, v.options.StartWithin)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// report writes a line of progress for the caller of `up`, who may have gone.
func (v *supervisor) report(format string, values ...any) {
	_, _ = fmt.Fprintf(v.progress, format+"\n", values...)
}

// log writes to the supervisor's own log.
func (v *supervisor) log(format string, values ...any) {
	fmt.Fprintf(os.Stderr, time.Now().UTC().Format(time.RFC3339)+" "+format+"\n", values...)
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
