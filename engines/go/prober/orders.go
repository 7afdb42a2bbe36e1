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
		return nil, f.forward(o.Port, o.Target)
	case "run":
		return f.start(o.Command, o.Env, o.Log)
	case "listen":
		return nil, f.listen(o.Listeners)
	case "dial":
		return f.dial(o.Tries, o.TimeoutMs, o.AtOnce)
	}
	return nil, fmt.Errorf("unknown order '%s'", o.Op)
}
