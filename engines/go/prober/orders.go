package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
)

// An order is one line of JSON; its answer carries the same id and either a result or an error.
type order struct {
	ID        int        `json:"id"`
	Op        string     `json:"op"`
	Hosts     []host     `json:"hosts"`
	Services  []service  `json:"services"`
	Listeners []listener `json:"listeners"`
	Tries     []try      `json:"tries"`
	TimeoutMs int        `json:"timeoutMs"`
	AtOnce    int        `json:"atOnce"`
	Queue     uint16     `json:"queue"`
	Port      int        `json:"port"`
	Target    string     `json:"target"`
	Command   []string   `json:"command"`
	Env       []string   `json:"env"`
	Log       string     `json:"log"`
	Host      string     `json:"host"`
	Folder    string     `json:"folder"`
	Inside    *inside    `json:"inside"`

	Redirects    []redirect        `json:"redirects"`
	Applications []application     `json:"applications"`
	Questions    []question        `json:"questions"`
	Names        map[string]string `json:"names"`
}

type answer struct {
	ID     int    `json:"id"`
	Error  string `json:"error,omitempty"`
	Result any    `json:"result,omitempty"`
}

// serveOrders works one order at a time and returns when there are no more.
func serveOrders(in io.Reader, out io.Writer) error {
	f, err := newFarm()
	if err != nil {
		return err
	}
	lines := bufio.NewReader(in)
	encoder := json.NewEncoder(out)
	for {
		line, err := lines.ReadBytes('\n')
		if len(line) > 1 {
			var o order
			if err := json.Unmarshal(line, &o); err != nil {
				return err
			}
			result, err := f.obey(o)
			reply := answer{ID: o.ID, Result: result}
			if err != nil {
				reply = answer{ID: o.ID, Error: err.Error()}
			}
			if err := encoder.Encode(reply); err != nil {
				return err
			}
		}
		if err != nil {
			return nil
		}
	}
}

func (f *farm) obey(o order) (any, error) {
	switch o.Op {
	case "hosts":
		return nil, f.addHosts(o.Hosts)
	case "services":
		return nil, f.router.do(func() error { return writeServices(o.Services) })
	case "queue":
		return nil, f.router.do(func() error { return queueNewConnections(o.Queue) })
	case "forward":
		at, err := f.namespaceOf(o.Host)
		if err != nil {
			return nil, err
		}
		return nil, f.forward(at, o.Port, o.Target)
	case "run":
		return f.start(o)
	case "redirect":
		return nil, f.redirect(o.Redirects)
	case "serve":
		return nil, f.serve(o.Applications)
	case "names":
		return nil, f.answerNames(o.Host, o.Port, o.Names)
	case "ask":
		return f.ask(o.Questions, o.TimeoutMs), nil
	case "forget":
		return nil, f.router.do(forgetConnections)
	case "listen":
		return nil, f.listen(o.Listeners)
	case "dial":
		return f.dial(o.Tries, o.TimeoutMs, o.AtOnce)
	}
	return nil, fmt.Errorf("unknown order '%s'", o.Op)
}
