// Package sandbox shuts the process in: afterwards it can compute, read and write the pipes it already has, and end.
//
// Two walls, one behind the other. Landlock with no rules takes away the file system, TCP, and (where the kernel has
// it) signals and abstract sockets. Seccomp allows only the system calls that the Go runtime computes with: no open, no
// socket, no exec, no new process, no signal to another one. Both hold for all threads, and cannot be taken back.
package sandbox

import (
	"fmt"
	"os"

	"github.com/elastic/go-seccomp-bpf"
	"github.com/landlock-lsm/go-landlock/landlock"
	"github.com/landlock-lsm/go-landlock/landlock/syscall"
	"golang.org/x/sys/unix"
)

// Report says what took effect: the version of Landlock's interface in the kernel, and whether seccomp filters.
type Report struct {
	Landlock int  `json:"landlock"`
	Seccomp  bool `json:"seccomp"`
}

// Complete tells if both walls stand.
func (r Report) Complete() bool { return r.Landlock > 0 && r.Seccomp }

// ShutIn puts up both walls and tries them. With an error, Report says what stands nevertheless.
func ShutIn() (Report, error) {
	var report Report
	version, err := syscall.LandlockGetABIVersion()
	if err != nil || version < 1 {
		return report, fmt.Errorf("this kernel has no Landlock, or it is switched off: %w", err)
	}
	if err := landlock.V9.BestEffort().Restrict(); err != nil {
		return report, fmt.Errorf("landlock: %w", err)
	}
	report.Landlock = version
	if err := seccomp.LoadFilter(filter()); err != nil {
		return report, fmt.Errorf("seccomp: %w", err)
	}
	if err := try(); err != nil {
		return report, err
	}
	report.Seccomp = true
	return report, nil
}

// try knocks at the doors that have to be shut.
func try() error {
	if descriptor, err := unix.Open("/", unix.O_RDONLY|unix.O_CLOEXEC, 0); err == nil {
		_ = unix.Close(descriptor)
		return fmt.Errorf("the walls do not hold: a folder could be opened")
	}
	if descriptor, err := unix.Socket(unix.AF_UNIX, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0); err == nil {
		_ = unix.Close(descriptor)
		return fmt.Errorf("the walls do not hold: a socket could be made")
	}
	return nil
}

// threadFlags is how the Go runtime starts a thread: memory, files, signals and process shared. (It sets the storage of
// the thread on some processors only.)
const threadFlags = unix.CLONE_VM | unix.CLONE_FS | unix.CLONE_FILES | unix.CLONE_SIGHAND | unix.CLONE_SYSVSEM |
	unix.CLONE_THREAD | unix.CLONE_SETTLS

// filter allows the calls that the Go runtime (without cgo: the C library starts threads in another way) makes
// while it computes; everything else is answered with EPERM.
func filter() seccomp.Filter {
	notExecutable := []seccomp.Condition{{Argument: 2, Operation: seccomp.BitsNotSet, Value: unix.PROT_EXEC}}
	allowed := seccomp.SyscallGroup{
		Action: seccomp.ActionAllow,
		Names: []string{
			"read", "write", "close", // the pipes
			"munmap", "madvise", "mincore", // the heap
			"futex", "nanosleep", "clock_nanosleep", "clock_gettime", "sched_yield", "sched_getaffinity", // the scheduler
			"gettid", "getpid", "set_robust_list", "rseq", // threads
			"epoll_create1", "epoll_ctl", "epoll_pwait", "eventfd2", // the poller, which timers wake
			"rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "sigaltstack", "restart_syscall", // signals of its own
			"getrandom",
			"exit", "exit_group",
		},
		NamesWithCondtions: []seccomp.NameWithConditions{
			{Name: "mmap", Conditions: notExecutable},
			{Name: "mprotect", Conditions: notExecutable},
			{Name: "clone", Conditions: []seccomp.Condition{
				{Argument: 0, Operation: seccomp.BitsSet, Value: unix.CLONE_THREAD},
				{Argument: 0, Operation: seccomp.BitsNotSet, Value: ^uint64(threadFlags)},
			}},
			{Name: "tgkill", Conditions: []seccomp.Condition{
				{Argument: 0, Operation: seccomp.Equal, Value: uint64(os.Getpid())},
			}},
		},
	}
	return seccomp.Filter{
		NoNewPrivs: true,
		Flag:       seccomp.FilterFlagTSync,
		Policy:     seccomp.Policy{DefaultAction: seccomp.ActionErrno, Syscalls: []seccomp.SyscallGroup{allowed}},
	}
}
