package main

import (
	"fmt"
	"os"
	"syscall"
)

// down ends the control plane in the state directory, if any, and removes the directory.
func down(s state) error {
	pid, err := s.supervisor()
	if err != nil {
		return err
	}
	if pid != 0 {
		if err := syscall.Kill(pid, syscall.SIGTERM); err != nil && err != syscall.ESRCH {
			return fmt.Errorf("stop supervisor %d: %w", pid, err)
		}
		// Its own patience comes first; the directory goes last.
		if !eventually(3*endPatience, func() bool { return !exists(string(s)) || s.isFree() }) {
			_ = syscall.Kill(pid, syscall.SIGKILL) // the kernel then kills its components
			if !eventually(endPatience, s.isFree) {
				return fmt.Errorf("supervisor %d does not end", pid)
			}
		}
	}
	if exists(string(s)) {
		if err := s.make(); err != nil { // the directory may be an empty one
			return err
		}
		if err := s.clean(); err != nil {
			return err
		}
		if err := os.RemoveAll(string(s)); err != nil {
			return err
		}
	}
	fmt.Fprintf(os.Stderr, "devcluster: nothing runs in %s\n", s)
	return nil
}

func (s state) isFree() bool {
	pid, err := s.supervisor()
	return err == nil && pid == 0
}
