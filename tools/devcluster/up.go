package main

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"strconv"
	"syscall"
)

// up leaves a running supervisor behind and prints the kubeconfig of each cluster, a line each; everything else goes
// to standard error. Called again with the same options, it prints the same; after a crash, it cleans up first.
func up(s state, chosen options) error {
	if chosen.Nodes < 1 {
		return fmt.Errorf("--nodes %d: at least 1 is needed", chosen.Nodes)
	}
	pid, err := s.supervisor()
	switch {
	case err != nil:
		return err
	case pid != 0:
		return reuse(s, chosen)
	}
	if err := s.make(); err != nil {
		return err
	}
	if err := s.clean(); err != nil {
		return err
	}
	if err := launch(s, chosen); err != nil {
		return err
	}
	printKubeconfigs(s, chosen)
	return nil
}

// reuse answers `up` for a control plane that runs already.
func reuse(s state, chosen options) error {
	saved, ready := s.savedOptions()
	if !ready {
		return fmt.Errorf("%s: a control plane is being started there; try again when it is ready", s)
	}
	if saved.Nodes != chosen.Nodes || saved.SecondCluster != chosen.SecondCluster {
		return fmt.Errorf("%s: a control plane with other options runs there (nodes %d, second cluster %t); end it with `devcluster down --state %s`",
			s, saved.Nodes, saved.SecondCluster, s)
	}
	fmt.Fprintf(os.Stderr, "devcluster: already running in %s\n", s)
	printKubeconfigs(s, chosen)
	return nil
}

func printKubeconfigs(s state, chosen options) {
	for _, name := range chosen.clusterNames() {
		fmt.Println(s.kubeconfig(name))
	}
}

// launch starts the supervisor and returns when it is ready. Interrupted before that, it takes the supervisor with it.
func launch(s state, chosen options) error {
	reader, writer, err := os.Pipe()
	if err != nil {
		return err
	}
	defer reader.Close()
	command := supervisorCommand(s, chosen)
	command.ExtraFiles = []*os.File{writer} // becomes progressDescriptor
	log, err := os.OpenFile(s.path("supervisor.log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	command.Stdout, command.Stderr = log, log
	err = command.Start()
	writer.Close()
	log.Close()
	if err != nil {
		return err
	}
	stopForwarding := forwardInterrupts(command.Process)
	defer stopForwarding()
	if relayProgress(reader) {
		return nil
	}
	_ = command.Wait() // its end is already known; what went wrong was relayed
	return errors.New("the control plane did not start")
}

// supervisorCommand is this program as a supervisor, in a session of its own so that no signal of this terminal reaches
// it, and with nothing of the caller's environment but where the components are.
func supervisorCommand(s state, chosen options) *exec.Cmd {
	command := exec.Command(self, "supervise",
		"--state="+string(s),
		"--nodes="+strconv.Itoa(chosen.Nodes),
		"--second-cluster="+strconv.FormatBool(chosen.SecondCluster),
		"--owner-pid="+strconv.Itoa(chosen.OwnerPID),
		"--start-within="+chosen.StartWithin.String(),
	)
	command.Args[0] = "devcluster"
	command.Dir = "/"
	command.Env = []string{"HOME=" + string(s), "KUBEBUILDER_ASSETS=" + os.Getenv("KUBEBUILDER_ASSETS")}
	command.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	return command
}

// forwardInterrupts sends the first interrupt of this process to the supervisor instead, until the returned function
// is called.
func forwardInterrupts(supervisor *os.Process) (stop func()) {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	go func() {
		for range signals {
			_ = supervisor.Signal(syscall.SIGTERM)
		}
	}()
	return func() { signal.Stop(signals); close(signals) }
}

// relayProgress prints the supervisor's lines and tells whether it became ready.
func relayProgress(progress *os.File) bool {
	lines := bufio.NewScanner(progress)
	for lines.Scan() {
		if lines.Text() == readyLine {
			return true
		}
		fmt.Fprintln(os.Stderr, "devcluster:", lines.Text())
	}
	return false
}
