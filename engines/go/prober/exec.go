package main

import (
	"fmt"
	"os"
	"os/exec"

	"golang.org/x/sys/unix"
)

// dieWith asks the kernel to kill this process when its parent ends, and checks that the parent did not end before the request.
// The request outlives an exec.
func dieWith(parent int) error {
	if err := unix.Prctl(unix.PR_SET_PDEATHSIG, uintptr(unix.SIGKILL), 0, 0, 0); err != nil {
		return fmt.Errorf("cannot be tied to the parent's life: %w", err)
	}
	if os.Getppid() != parent {
		return fmt.Errorf("parent %d is gone", parent)
	}
	return nil
}

func replaceBy(args []string) error {
	if len(args) < 2 || args[0] != "--" {
		return fmt.Errorf("usage: prober exec PARENT -- CMD...")
	}
	path, err := exec.LookPath(args[1])
	if err != nil {
		return err
	}
	return unix.Exec(path, args[1:], os.Environ())
}
