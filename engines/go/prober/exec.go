package main

import (
	"fmt"
	"os"
	"os/exec"
	"strconv"

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

// What a program inside a pod has of its own: the group it runs under, and the file in place of /etc/resolv.conf.
type inside struct {
	Group int    `json:"group"`
	Names string `json:"names"`
}

// enter takes GROUP and NAMES in a mount namespace that the process has for itself, and becomes the program.
func enter(parent int, args []string) error {
	if len(args) < 3 {
		return fmt.Errorf("usage: prober inside PARENT GROUP NAMES -- CMD...")
	}
	group, err := strconv.Atoi(args[0])
	if err != nil {
		return fmt.Errorf("group '%s' is not a number", args[0])
	}
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		return fmt.Errorf("mounts cannot be its own: %w", err)
	}
	if err := unix.Mount(args[1], "/etc/resolv.conf", "", unix.MS_BIND, ""); err != nil {
		return fmt.Errorf("%s cannot be /etc/resolv.conf: %w", args[1], err)
	}
	if err := unix.Setgid(group); err != nil {
		return err
	}
	// A process that changes its group is no longer tied to its parent's life.
	if err := dieWith(parent); err != nil {
		return err
	}
	return replaceBy(args[2:])
}
