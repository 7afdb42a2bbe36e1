package main

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"strings"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// A listener answers every connection, or every datagram, with the name of its host: the client learns who it reached.
type listener struct {
	Host     string `json:"host"`
	Protocol string `json:"protocol"`
	Address  string `json:"address"`
	Port     int    `json:"port"`
}

// A try is one connection to open. Its outcome is the name that answered, "!refused" when the packet arrived where nobody listens,
// "!silence" when nothing came back in time, or another "!" and what went wrong.
type try struct {
	From     string `json:"from"`
	Protocol string `json:"protocol"`
	Address  string `json:"address"`
	Port     int    `json:"port"`
}

// listen replaces all listeners by the ones given.
func (f *farm) listen(listeners []listener) error {
	for _, server := range f.servers {
		server.Close()
	}
	f.servers = nil
	for _, l := range listeners {
		h := f.hosts[l.Host]
		if h == nil {
			return fmt.Errorf("no host '%s'", l.Host)
		}
		address := net.JoinHostPort(l.Address, fmt.Sprint(l.Port))
		err := h.ns.do(func() error {
			if l.Protocol == "UDP" {
				server, err := net.ListenPacket("udp", address)
				if err != nil {
					return err
				}
				f.servers = append(f.servers, server)
				go answerDatagrams(server, l.Host)
				return nil
			}
			server, err := net.Listen("tcp", address)
			if err != nil {
				return err
			}
			f.servers = append(f.servers, server)
			go answerConnections(server, l.Host)
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func answerConnections(server net.Listener, name string) {
	for {
		client, err := server.Accept()
		if err != nil {
			return
		}
		go func() {
			client.SetDeadline(time.Now().Add(5 * time.Second))
			io.WriteString(client, name)
			client.Close()
		}()
	}
}

func answerDatagrams(server net.PacketConn, name string) {
	buffer := make([]byte, 64)
	for {
		_, client, err := server.ReadFrom(buffer)
		if err != nil {
			if errors.Is(err, net.ErrClosed) {
				return
			}
			continue
		}
		server.WriteTo([]byte(name), client)
	}
}

// Outcomes of tries in their order, and how many packets were lost before the enforcer saw them: a silence proves nothing unless there are none.
type outcomes struct {
	Answers []string `json:"answers"`
	Lost    int      `json:"lost"`
}

// So many packets may wait for a verdict before the next connections are begun; the queue holds many more.
const queueAtMost = 40

// dial opens every connection, so many at once, and no faster than the enforcer decides.
func (f *farm) dial(tries []try, timeoutMs, atOnce int) (outcomes, error) {
	result := outcomes{Answers: make([]string, len(tries))}
	places := make(chan struct{}, atOnce)
	_, lostBefore, err := f.queueState()
	if err != nil {
		return result, err
	}
	var all sync.WaitGroup
	for i, t := range tries {
		if i%8 == 0 {
			for waiting := queueAtMost + 1; waiting > queueAtMost; {
				if waiting, _, err = f.queueState(); err != nil {
					return result, err
				}
				if waiting > queueAtMost {
					time.Sleep(time.Millisecond)
				}
			}
		}
		places <- struct{}{}
		deadline := time.Now().Add(time.Duration(timeoutMs) * time.Millisecond)
		client, err := f.begin(t)
		if err != nil {
			result.Answers[i] = outcomeOf(err)
			<-places
			continue
		}
		all.Add(1)
		go func() {
			defer func() { client.Close(); <-places; all.Done() }()
			client.SetDeadline(deadline)
			result.Answers[i] = answerOf(client, t)
		}()
	}
	all.Wait()
	_, lostAfter, err := f.queueState()
	result.Lost = lostAfter - lostBefore
	return result, err
}

// queueState says how many packets wait for a verdict now, and how many were dropped so far because the queue or its reader was full.
func (f *farm) queueState() (waiting, lost int, err error) {
	err = f.router.do(func() error {
		data, err := os.ReadFile("/proc/thread-self/net/netfilter/nfnetlink_queue")
		if os.IsNotExist(err) {
			return nil
		}
		for _, line := range strings.Split(strings.TrimSpace(string(data)), "\n") {
			var queue, reader, length, mode, size, dropped, unread int
			if n, _ := fmt.Sscan(line, &queue, &reader, &length, &mode, &size, &dropped, &unread); n == 7 {
				waiting, lost = waiting+length, lost+dropped+unread
			}
		}
		return err
	})
	return waiting, lost, err
}

// begin sends the first packet of a connection before it returns, or the pace of the queue would be nobody's.
func (f *farm) begin(t try) (*os.File, error) {
	h := f.hosts[t.From]
	if h == nil {
		return nil, fmt.Errorf("no host '%s'", t.From)
	}
	client, err := connect(h.ns, t)
	if err != nil || t.Protocol != "UDP" {
		return client, err
	}
	// What is lost before the enforcer is counted, so one datagram is enough.
	if _, err := client.Write([]byte("who")); err != nil {
		client.Close()
		return nil, err
	}
	return client, nil
}

func answerOf(client *os.File, t try) string {
	if t.Protocol == "UDP" {
		buffer := make([]byte, 256)
		n, err := client.Read(buffer)
		if err != nil {
			return outcomeOf(err)
		}
		return string(buffer[:n])
	}
	if err := connected(client); err != nil {
		return outcomeOf(err)
	}
	data, err := io.ReadAll(client)
	if err != nil {
		return outcomeOf(err)
	}
	return string(data)
}

// connect begins a connection inside the namespace and does not wait for it.
func connect(ns *namespace, t try) (*os.File, error) {
	address, err := netip.ParseAddr(t.Address)
	if err != nil {
		return nil, err
	}
	domain, to := unix.AF_INET, unix.Sockaddr(&unix.SockaddrInet4{Port: t.Port})
	if address.Is4() {
		to = &unix.SockaddrInet4{Port: t.Port, Addr: address.As4()}
	} else {
		domain, to = unix.AF_INET6, &unix.SockaddrInet6{Port: t.Port, Addr: address.As16()}
	}
	kind := unix.SOCK_STREAM
	if t.Protocol == "UDP" {
		kind = unix.SOCK_DGRAM
	}
	var fd int
	err = ns.do(func() (err error) {
		if fd, err = unix.Socket(domain, kind|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0); err != nil {
			return err
		}
		if err = unix.Connect(fd, to); err != nil && err != unix.EINPROGRESS {
			unix.Close(fd)
			return err
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return os.NewFile(uintptr(fd), "connection"), nil
}

// connected waits until the connection stands or is refused.
func connected(client *os.File) error {
	raw, err := client.SyscallConn()
	if err != nil {
		return err
	}
	var refused error
	err = raw.Write(func(fd uintptr) bool {
		if code, err := unix.GetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_ERROR); err != nil || code != 0 {
			refused = errors.Join(err, syscall.Errno(code))
			return true
		}
		_, err := unix.Getpeername(int(fd))
		return err == nil
	})
	return errors.Join(err, refused)
}

func outcomeOf(err error) string {
	var timedOut net.Error
	if errors.As(err, &timedOut) && timedOut.Timeout() {
		return "!silence"
	}
	if errors.Is(err, syscall.ECONNREFUSED) {
		return "!refused"
	}
	return "!" + err.Error()
}
