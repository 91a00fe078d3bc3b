package main

// The state directory: one control plane, all that it keeps, and the lock that says whether it runs.
//
// The supervisor holds an exclusive lock on a file in it for as long as it lives, and the kernel lets go of it however
// the supervisor ends. So "does it run" is never a guess about a process id.

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

const (
	lockName    = "devcluster.lock"
	optionsName = "options.json"
)

// options is what a caller of `up` may choose.
type options struct {
	Nodes         int           `json:"nodes"`
	SecondCluster bool          `json:"secondCluster"`
	OwnerPID      int           `json:"-"`
	StartWithin   time.Duration `json:"-"`
}

func (o options) clusterNames() []string {
	if o.SecondCluster {
		return []string{"devcluster", "devcluster-second"}
	}
	return []string{"devcluster"}
}

// state is the absolute path of a state directory, which need not exist.
type state string

func defaultStateDirectory() string {
	base := os.Getenv("XDG_STATE_HOME")
	if !filepath.IsAbs(base) {
		home, err := os.UserHomeDir()
		if err != nil {
			home = os.TempDir()
		}
		base = filepath.Join(home, ".local", "state")
	}
	return filepath.Join(base, "argosy", "devcluster")
}

// openState refuses a directory that holds something else: `down` removes it with all that is in it.
func openState(directory string) (state, error) {
	absolute, err := filepath.Abs(directory)
	if err != nil {
		return "", err
	}
	s := state(absolute)
	entries, err := os.ReadDir(absolute)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return s, nil
	case err != nil:
		return "", err
	}
	if _, err := os.Stat(s.path(lockName)); err != nil && len(entries) > 0 {
		return "", fmt.Errorf("%s is not empty and was not made by devcluster: name an empty or a new directory with --state", absolute)
	}
	return s, nil
}

func (s state) path(elements ...string) string {
	return filepath.Join(append([]string{string(s)}, elements...)...)
}

func (s state) kubeconfig(cluster string) string { return s.path(cluster, "kubeconfig") }

// make creates the directory, readable by its owner only, with the file that marks it as ours.
func (s state) make() error {
	if err := os.MkdirAll(string(s), 0o700); err != nil {
		return err
	}
	if err := os.Chmod(string(s), 0o700); err != nil {
		return err
	}
	marker, err := os.OpenFile(s.path(lockName), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	return marker.Close()
}

// lock takes the directory for as long as the returned file is open, or fails if another process has it.
func (s state) lock() (*os.File, error) {
	file, err := os.OpenFile(s.path(lockName), os.O_RDWR, 0)
	if err != nil {
		return nil, err
	}
	if err := unix.Flock(int(file.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		return nil, errors.Join(fmt.Errorf("another process works in %s: %w", s, err), file.Close())
	}
	if err := file.Truncate(0); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	if _, err := file.WriteString(strconv.Itoa(os.Getpid())); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return file, nil
}

// clean kills and removes what a control plane that did not end cleanly has left, all but the locked marker.
func (s state) clean() error {
	lock, err := s.lock()
	if err != nil {
		return err
	}
	defer lock.Close()
	if err := killLeftovers(s); err != nil {
		return err
	}
	entries, err := os.ReadDir(string(s))
	if err != nil {
		return err
	}
	for _, entry := range entries {
		if entry.Name() != lockName {
			if err := os.RemoveAll(s.path(entry.Name())); err != nil {
				return err
			}
		}
	}
	return nil
}

// supervisor returns the process id of the running supervisor, or 0 if none runs.
func (s state) supervisor() (int, error) {
	file, err := os.Open(s.path(lockName))
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	defer file.Close()
	err = unix.Flock(int(file.Fd()), unix.LOCK_SH|unix.LOCK_NB)
	if err == nil {
		return 0, nil
	}
	if !errors.Is(err, unix.EWOULDBLOCK) {
		return 0, err
	}
	return readPID(s.path(lockName))
}

// saveOptions marks the control plane as ready, and with what it was started.
func (s state) saveOptions(chosen options) error {
	data, err := json.Marshal(chosen)
	if err != nil {
		return err
	}
	return os.WriteFile(s.path(optionsName), data, 0o600)
}

// savedOptions returns false while the control plane is still starting.
func (s state) savedOptions() (options, bool) {
	var chosen options
	data, err := os.ReadFile(s.path(optionsName))
	if err != nil || json.Unmarshal(data, &chosen) != nil {
		return options{}, false
	}
	return chosen, true
}

func readPID(path string) (int, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return 0, err
	}
	return strconv.Atoi(strings.TrimSpace(string(data)))
}
