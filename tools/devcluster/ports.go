package main

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// reservePort asks the system for a free port on loopback and keeps it for the life of the process.
//
// The socket is bound and never listens, so it gets no connections; a component that binds the same port with
// SO_REUSEPORT (kube-apiserver --permit-port-sharing) under the same user can, and nobody else. So there is no moment
// at which another program can take the port, not even while the component is restarted.
func reservePort() (int, error) {
	socket, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return 0, fmt.Errorf("reserve a port: %w", err)
	}
	if err := unix.SetsockoptInt(socket, unix.SOL_SOCKET, unix.SO_REUSEPORT, 1); err != nil {
		return 0, fmt.Errorf("reserve a port: %w", err)
	}
	if err := unix.Bind(socket, &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		return 0, fmt.Errorf("reserve a port: %w", err)
	}
	address, err := unix.Getsockname(socket)
	if err != nil {
		return 0, fmt.Errorf("reserve a port: %w", err)
	}
	return address.(*unix.SockaddrInet4).Port, nil
}
