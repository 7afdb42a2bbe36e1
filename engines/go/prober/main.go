// prober is the hands of the engine tests: it makes certificates, starts programs that die with their parent, and keeps a farm of network
// namespaces in which connections are really tried. It needs no tool of the system: no ip, no nft, no iptables.
//
//	prober certs DIR              a certificate authority, a serving certificate and an administrator's
//	prober identities DIR NAME=URI...  an authority, and a certificate for each name under its URI, or under names of hosts
//	prober exec PARENT -- CMD...  runs CMD, which is killed when the process PARENT ends
//	prober inside PARENT GROUP NAMES -- CMD...  the same, under a group and with a file of name servers of its own
//	prober rules -                prints the names of all nft tables of the namespace it runs in
//	prober farm PARENT            reads orders as lines of JSON, answers with lines of JSON, until its input ends
//
// The namespaces have no names: the kernel frees them, their links and their rules with the last process that holds them, however it ends.
package main

import (
	"fmt"
	"os"
	"strconv"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "prober:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) < 2 {
		return fmt.Errorf("usage: prober certs DIR | identities DIR NAME=URI... | rules - | exec PARENT -- CMD... | inside PARENT GROUP NAMES -- CMD... | farm PARENT")
	}
	if args[0] == "certs" {
		return writeCertificates(args[1])
	}
	if args[0] == "identities" {
		return writeIdentities(args[1], args[2:])
	}
	if args[0] == "rules" {
		return printTables(os.Stdout)
	}
	parent, err := strconv.Atoi(args[1])
	if err != nil {
		return fmt.Errorf("parent '%s' is not a process id", args[1])
	}
	if err := dieWith(parent); err != nil {
		return err
	}
	switch args[0] {
	case "exec":
		return replaceBy(args[2:])
	case "inside":
		return enter(parent, args[2:])
	case "farm":
		return serveOrders(os.Stdin, os.Stdout)
	}
	return fmt.Errorf("unknown command '%s'", args[0])
}
