// Devcluster runs a real Kubernetes control plane on loopback, without containers, downloads or privileges.
//
// One program plays every part. Called with the name of a component as its first argument it is that component
// (components.go); called with a command it manages a control plane: `up` starts a supervisor in the background,
// which starts the components and keeps them running, `down` ends them, `status` tells.
package main

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"time"

	"github.com/spf13/cobra"
)

// Children ask the kernel to be killed when the thread that started them ends. The main thread ends last, so
// everything that starts one runs on it.
func init() { runtime.LockOSThread() }

// errNotRunning makes `status` exit 1 without an error message: that nothing runs is its answer, printed already.
var errNotRunning = errors.New("not running")

func main() {
	if len(os.Args) > 1 {
		if run, known := components[os.Args[1]]; known {
			os.Args = append([]string{os.Args[1]}, os.Args[2:]...)
			run()
			return
		}
	}
	if err := command().Execute(); err != nil {
		if !errors.Is(err, errNotRunning) {
			fmt.Fprintln(os.Stderr, "devcluster:", err)
		}
		os.Exit(1)
	}
}

func command() *cobra.Command {
	root := &cobra.Command{
		Use:           "devcluster",
		Short:         "A real Kubernetes control plane on this machine, with simulated nodes",
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.CompletionOptions.DisableDefaultCmd = true
	directory := root.PersistentFlags().String("state", defaultStateDirectory(), "directory for everything that is kept; `down` removes it")
	root.AddCommand(upCommand(directory), superviseCommand(directory), downCommand(directory), statusCommand(directory))
	return root
}

func upCommand(directory *string) *cobra.Command {
	command := &cobra.Command{Use: "up", Short: "Start it and print the path of its kubeconfig", Args: cobra.NoArgs}
	requested := optionFlags(command)
	command.RunE = func(*cobra.Command, []string) error {
		state, err := openState(*directory)
		if err != nil {
			return err
		}
		return up(state, *requested)
	}
	return command
}

// superviseCommand is what `up` leaves behind; people do not call it.
func superviseCommand(directory *string) *cobra.Command {
	command := &cobra.Command{Use: "supervise", Hidden: true, Args: cobra.NoArgs}
	requested := optionFlags(command)
	command.RunE = func(*cobra.Command, []string) error {
		state, err := openState(*directory)
		if err != nil {
			return err
		}
		return supervise(state, *requested, os.NewFile(progressDescriptor, "progress"))
	}
	return command
}

func downCommand(directory *string) *cobra.Command {
	return &cobra.Command{
		Use: "down", Short: "End it and remove its state directory", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			state, err := openState(*directory)
			if err != nil {
				return err
			}
			return down(state)
		},
	}
}

func statusCommand(directory *string) *cobra.Command {
	return &cobra.Command{
		Use: "status", Short: "Tell whether it runs (exit 0) or not (exit 1)", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			state, err := openState(*directory)
			if err != nil {
				return err
			}
			return status(state, os.Stdout)
		},
	}
}

func optionFlags(command *cobra.Command) *options {
	requested := &options{}
	flags := command.Flags()
	flags.IntVar(&requested.Nodes, "nodes", 3, "number of simulated nodes in each cluster")
	flags.BoolVar(&requested.SecondCluster, "second-cluster", false, "start a second, separate cluster; its kubeconfig is printed as a second line")
	flags.IntVar(&requested.OwnerPID, "owner-pid", 0, "end everything when the process with this id ends")
	flags.DurationVar(&requested.StartWithin, "start-within", 2*time.Minute, "give up when it is not ready after this long")
	return requested
}
