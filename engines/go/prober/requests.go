package main

import (
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"golang.org/x/net/dns/dnsmessage"
)

// An application answers every request with 200, over TLS where it has a certificate, and says in the header `application` whose it is.
type application struct {
	Host        string `json:"host"`
	Address     string `json:"address"`
	Port        int    `json:"port"`
	Certificate string `json:"certificate"`
	Key         string `json:"key"`
}

// A question is one request from a host. The path is sent as it is written.
type question struct {
	From        string            `json:"from"`
	URL         string            `json:"url"`
	Method      string            `json:"method"`
	HostHeader  string            `json:"host"`
	ServerName  string            `json:"serverName"`
	Headers     map[string]string `json:"headers"`
	Certificate string            `json:"certificate"`
	Key         string            `json:"key"`
}

// A reply has the status of an answer and the application that gave it, if one did; or why there was no answer.
type reply struct {
	Status int    `json:"status,omitempty"`
	By     string `json:"by,omitempty"`
	Error  string `json:"error,omitempty"`
}

func (f *farm) serve(applications []application) error {
	for _, a := range applications {
		at, err := f.namespaceOf(a.Host)
		if err != nil {
			return err
		}
		var listener net.Listener
		err = at.do(func() (err error) {
			listener, err = net.Listen("tcp", net.JoinHostPort(a.Address, fmt.Sprint(a.Port)))
			return err
		})
		if err != nil {
			return err
		}
		server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("application", a.Host)
		})}
		if a.Certificate == "" {
			go server.Serve(listener)
		} else {
			go server.ServeTLS(listener, a.Certificate, a.Key)
		}
	}
	return nil
}

func (f *farm) ask(questions []question, timeoutMs int) []reply {
	replies := make([]reply, len(questions))
	for i, q := range questions {
		r, err := f.askOne(q, time.Duration(timeoutMs)*time.Millisecond)
		if err != nil {
			r = reply{Error: err.Error()}
		}
		replies[i] = r
	}
	return replies
}

func (f *farm) askOne(q question, patience time.Duration) (reply, error) {
	at, err := f.namespaceOf(q.From)
	if err != nil {
		return reply{}, err
	}
	request, err := http.NewRequest(q.Method, q.URL, nil)
	if err != nil {
		return reply{}, err
	}
	request.Host = q.HostHeader
	for name, value := range q.Headers {
		request.Header.Set(name, value)
	}
	// Whose the other end is, is its proxy's to prove, not this test's to believe.
	trust := &tls.Config{ServerName: q.ServerName, InsecureSkipVerify: true}
	if q.Certificate != "" {
		pair, err := tls.LoadX509KeyPair(q.Certificate, q.Key)
		if err != nil {
			return reply{}, err
		}
		trust.Certificates = []tls.Certificate{pair}
	}
	client := http.Client{
		Timeout:       patience,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{DisableKeepAlives: true, TLSClientConfig: trust, Dial: func(network, address string) (conn net.Conn, err error) {
			err = at.do(func() error {
				conn, err = net.DialTimeout(network, address, patience)
				return err
			})
			return conn, err
		}},
	}
	response, err := client.Do(request)
	if err != nil {
		return reply{}, err
	}
	defer response.Body.Close()
	io.Copy(io.Discard, response.Body)
	return reply{Status: response.StatusCode, By: response.Header.Get("application")}, nil
}

// answerNames is the name server of a host, at a port of its loopback: it knows the names it is given, and no others.
func (f *farm) answerNames(host string, port int, names map[string]string) error {
	at, err := f.namespaceOf(host)
	if err != nil {
		return err
	}
	var server net.PacketConn
	err = at.do(func() (err error) {
		server, err = net.ListenPacket("udp", fmt.Sprintf("127.0.0.1:%d", port))
		return err
	})
	if err != nil {
		return err
	}
	go func() {
		buffer := make([]byte, 4096)
		for {
			n, client, err := server.ReadFrom(buffer)
			if err != nil {
				return
			}
			if packed, err := nameAnswer(buffer[:n], names); err == nil {
				server.WriteTo(packed, client)
			} else {
				fmt.Fprintln(os.Stderr, "a question for a name:", err)
			}
		}
	}()
	return nil
}

func nameAnswer(packet []byte, names map[string]string) ([]byte, error) {
	var asked dnsmessage.Message
	if err := asked.Unpack(packet); err != nil {
		return nil, err
	}
	answer := dnsmessage.Message{Header: dnsmessage.Header{ID: asked.ID, Response: true, RecursionAvailable: true}, Questions: asked.Questions}
	for _, q := range asked.Questions {
		ip := net.ParseIP(names[strings.TrimSuffix(q.Name.String(), ".")]).To4()
		if ip == nil {
			answer.RCode = dnsmessage.RCodeNameError
		} else if q.Type == dnsmessage.TypeA {
			answer.Answers = append(answer.Answers, dnsmessage.Resource{
				Header: dnsmessage.ResourceHeader{Name: q.Name, Class: q.Class, TTL: 60}, Body: &dnsmessage.AResource{A: [4]byte(ip)},
			})
		}
	}
	return answer.Pack()
}
