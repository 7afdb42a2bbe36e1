package main

import (
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"syscall"
	"time"
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

// dial opens every connection, so many at once, and gives the outcomes in the same order.
func (f *farm) dial(tries []try, timeoutMs, atOnce int) []string {
	outcomes := make([]string, len(tries))
	places := make(chan struct{}, atOnce)
	var all sync.WaitGroup
	for i, t := range tries {
		places <- struct{}{}
		all.Add(1)
		go func() {
			defer func() { <-places; all.Done() }()
			outcomes[i] = f.dialOne(t, time.Duration(timeoutMs)*time.Millisecond)
		}()
	}
	all.Wait()
	return outcomes
}

func (f *farm) dialOne(t try, timeout time.Duration) string {
	h := f.hosts[t.From]
	if h == nil {
		return "!no host '" + t.From + "'"
	}
	deadline := time.Now().Add(timeout)
	var client net.Conn
	err := h.ns.do(func() (err error) {
		client, err = (&net.Dialer{Deadline: deadline}).Dial(strings.ToLower(t.Protocol), net.JoinHostPort(t.Address, fmt.Sprint(t.Port)))
		return err
	})
	if err != nil {
		return outcomeOf(err)
	}
	defer client.Close()
	client.SetDeadline(deadline)
	buffer := make([]byte, 256)
	if t.Protocol == "UDP" {
		return askDatagram(client, deadline, timeout, buffer)
	}
	data, err := io.ReadAll(client)
	if err != nil {
		return outcomeOf(err)
	}
	return string(data)
}

// askDatagram sends again at each third of the time: a datagram lost is not a datagram denied.
func askDatagram(client net.Conn, deadline time.Time, timeout time.Duration, buffer []byte) string {
	for {
		if _, err := client.Write([]byte("who")); err != nil {
			return outcomeOf(err)
		}
		part := time.Now().Add(timeout / 3)
		if part.After(deadline) {
			part = deadline
		}
		client.SetReadDeadline(part)
		n, err := client.Read(buffer)
		if err == nil {
			return string(buffer[:n])
		}
		var timedOut net.Error
		if !(errors.As(err, &timedOut) && timedOut.Timeout()) || !time.Now().Before(deadline.Add(-time.Millisecond)) {
			return outcomeOf(err)
		}
	}
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
