package main

import (
	"fmt"
	"io"
)

// status prints what runs in the state directory, a line each; errNotRunning if nothing does or it is not ready yet.
func status(s state, out io.Writer) error {
	pid, err := s.supervisor()
	if err != nil {
		return err
	}
	if pid == 0 {
		fmt.Fprintf(out, "not running in %s\n", s)
		return errNotRunning
	}
	chosen, ready := s.savedOptions()
	if !ready {
		fmt.Fprintf(out, "starting in %s (supervisor %d)\n", s, pid)
		return errNotRunning
	}
	fmt.Fprintf(out, "running in %s (supervisor %d)\n", s, pid)
	printProcess(out, s, etcd())
	for _, name := range chosen.clusterNames() {
		fmt.Fprintf(out, "%s: %d nodes, kubeconfig %s\n", name, chosen.Nodes, s.kubeconfig(name))
		c := cluster{name: name, state: s}
		for _, part := range append([]component{c.apiServer()}, c.followers()...) {
			printProcess(out, s, part)
		}
	}
	return nil
}

func printProcess(out io.Writer, s state, c component) {
	pid, err := readPID(c.file(s, ".pid"))
	if err != nil || !runsIn(pid, s) {
		fmt.Fprintf(out, "  %-24s being restarted\n", c.program)
		return
	}
	fmt.Fprintf(out, "  %-24s %d\n", c.program, pid)
}
