package main

import (
	"fmt"
	"os"
	"runtime"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
)

// A namespace is a network of its own, without a name: it lives as long as somebody holds it open. One thread stays inside and does what is
// asked of it in turn, so that a thousand connections do not need a thousand threads.
type namespace struct {
	file *os.File
	work chan func()
}

// newNamespace leaves the calling thread where it was.
func newNamespace() (*namespace, error) {
	var made *namespace
	err := onOwnThread(func() error {
		if err := unix.Unshare(unix.CLONE_NEWNET); err != nil {
			return fmt.Errorf("cannot make a network namespace (root or CAP_SYS_ADMIN is needed): %w", err)
		}
		file, err := os.Open("/proc/thread-self/ns/net")
		if err != nil {
			return err
		}
		made = inhabited(file)
		lo, err := netlink.LinkByName("lo")
		if err != nil {
			return err
		}
		return netlink.LinkSetUp(lo)
	})
	return made, err
}

func inhabited(file *os.File) *namespace {
	n := &namespace{file, make(chan func())}
	go n.alone(func() error {
		for work := range n.work {
			work()
		}
		return nil
	})
	return n
}

// do runs short work on the thread inside. What it opens there stays there: sockets, for example.
func (n *namespace) do(work func() error) error {
	done := make(chan error, 1)
	n.work <- func() { done <- work() }
	return <-done
}

// alone runs long work on a thread of its own inside: a program's life, for example.
func (n *namespace) alone(work func() error) error {
	return onOwnThread(func() error {
		if err := unix.Setns(int(n.file.Fd()), unix.CLONE_NEWNET); err != nil {
			return err
		}
		return work()
	})
}

func (n *namespace) fd() int { return int(n.file.Fd()) }

// onOwnThread gives work a thread that nobody uses before or after: a goroutine that ends locked takes its thread with it.
func onOwnThread(work func() error) error {
	result := make(chan error, 1)
	go func() {
		runtime.LockOSThread()
		result <- work()
	}()
	return <-result
}

// sysctl writes a setting of the current thread's network namespace; settings a kernel does not have are left out.
func sysctl(settings ...[2]string) error {
	for _, s := range settings {
		err := os.WriteFile("/proc/sys/net/"+s[0], []byte(s[1]), 0o644)
		if err != nil && !os.IsNotExist(err) {
			return err
		}
	}
	return nil
}
