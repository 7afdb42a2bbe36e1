package main

import (
	"errors"
	"fmt"
	"io"
	"net"

	"github.com/google/nftables"
	"github.com/google/nftables/binaryutil"
	"github.com/google/nftables/expr"
	"github.com/google/nftables/xt"
	"github.com/mdlayher/netlink"
	kernel "github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
)

// A service is one port of a ClusterIP and the pods behind it. Connections are spread over them in turn.
type service struct {
	Address  string    `json:"address"`
	Protocol string    `json:"protocol"`
	Port     uint16    `json:"port"`
	Backends []backend `json:"backends"`
}

type backend struct {
	Address string `json:"address"`
	Port    uint16 `json:"port"`
}

var families = map[nftables.TableFamily]struct {
	bytes  int
	offset uint32 // of the destination address in the header
}{nftables.TableFamilyIPv4: {4, 16}, nftables.TableFamilyIPv6: {16, 24}}

var protocols = map[string]byte{"TCP": unix.IPPROTO_TCP, "UDP": unix.IPPROTO_UDP}

// printTables names every table there is, so that what is left over can be told from what was there before.
func printTables(out io.Writer) error {
	conn, err := nftables.New()
	if err != nil {
		return err
	}
	tables, err := conn.ListTables()
	if err != nil {
		return err
	}
	for _, table := range tables {
		fmt.Fprintln(out, table.Family, table.Name)
	}
	return nil
}

// queueNewConnections hands every packet that opens a TCP or UDP connection to the program that listens at the queue. Without a listener
// it is dropped: nothing gets by. It asks for xtables' NFQUEUE, which kernels without nft's own queue have too.
func queueNewConnections(queue uint16) error {
	conn, err := nftables.New()
	if err != nil {
		return err
	}
	for family := range families {
		table := conn.AddTable(&nftables.Table{Name: "engines_queue", Family: family})
		chain := conn.AddChain(&nftables.Chain{
			Name: "postrouting", Table: table, Type: nftables.ChainTypeFilter, Hooknum: nftables.ChainHookPostrouting, Priority: nftables.ChainPriorityMangle,
		})
		for _, protocol := range protocols {
			info := xt.Unknown(append(binaryutil.NativeEndian.PutUint16(queue), make([]byte, 6)...))
			exprs := append(append(leavesTheRouter(), isNew()...), isProtocol(protocol)...)
			conn.AddRule(&nftables.Rule{Table: table, Chain: chain, Exprs: append(exprs, &expr.Target{Name: "NFQUEUE", Rev: 0, Info: &info})})
		}
	}
	if err := conn.Flush(); err != nil {
		return fmt.Errorf("cannot queue packets (the kernel needs NETFILTER_XT_TARGET_NFQUEUE and NFT_COMPAT): %w", err)
	}
	return nil
}

// forgetConnections lets the kernel forget every connection it has seen pass: what comes next is new, and asks for a verdict.
func forgetConnections() error {
	return kernel.ConntrackTableFlush(kernel.ConntrackTable)
}

// writeServices replaces all services by the ones given.
func writeServices(services []service) error {
	conn, err := nftables.New(nftables.WithSockOptions(wideBuffers))
	if err != nil {
		return err
	}
	chains := map[nftables.TableFamily]*nftables.Chain{}
	for family := range families {
		table := conn.AddTable(&nftables.Table{Name: "engines_services", Family: family})
		conn.FlushTable(table)
		chains[family] = conn.AddChain(&nftables.Chain{
			Name: "prerouting", Table: table, Type: nftables.ChainTypeNAT, Hooknum: nftables.ChainHookPrerouting, Priority: nftables.ChainPriorityNATDest,
		})
	}
	for _, s := range services {
		ip, family, err := addressOf(s.Address)
		if err != nil {
			return err
		}
		// The i-th of n rules takes every (n-i)-th of the connections that reach it: an equal share for each.
		for i, b := range s.Backends {
			to, _, err := addressOf(b.Address)
			if err != nil {
				return err
			}
			shape := families[family]
			exprs := []expr.Any{
				&expr.Payload{DestRegister: 1, Base: expr.PayloadBaseNetworkHeader, Offset: shape.offset, Len: uint32(shape.bytes)},
				&expr.Cmp{Op: expr.CmpOpEq, Register: 1, Data: ip},
			}
			exprs = append(exprs, isProtocol(protocols[s.Protocol])...)
			exprs = append(exprs,
				&expr.Payload{DestRegister: 1, Base: expr.PayloadBaseTransportHeader, Offset: 2, Len: 2},
				&expr.Cmp{Op: expr.CmpOpEq, Register: 1, Data: binaryutil.BigEndian.PutUint16(s.Port)},
				&expr.Numgen{Register: 1, Modulus: uint32(len(s.Backends) - i), Type: unix.NFT_NG_INCREMENTAL},
				&expr.Cmp{Op: expr.CmpOpEq, Register: 1, Data: binaryutil.NativeEndian.PutUint32(0)},
				&expr.Immediate{Register: 1, Data: to},
				&expr.Immediate{Register: 2, Data: binaryutil.BigEndian.PutUint16(b.Port)},
				&expr.NAT{Type: expr.NATTypeDestNAT, Family: uint32(family), RegAddrMin: 1, RegProtoMin: 2},
			)
			conn.AddRule(&nftables.Rule{Table: chains[family].Table, Chain: chains[family], Exprs: exprs})
		}
		if err := conn.Flush(); err != nil {
			return fmt.Errorf("service %s: %w", s.Address, err)
		}
	}
	return conn.Flush()
}

// A redirect leads the TCP connections of a host to its proxy: those that come in to one port of it, those that programs of the host open to
// another. The proxy's own connections are told by its group.
type redirect struct {
	Host     string `json:"host"`
	Inbound  uint16 `json:"inbound"`
	Outbound uint16 `json:"outbound"`
	Group    uint32 `json:"group"`
}

func (f *farm) redirect(redirects []redirect) error {
	for _, r := range redirects {
		at, err := f.namespaceOf(r.Host)
		if err != nil {
			return err
		}
		if err := at.do(func() error { return writeRedirect(r) }); err != nil {
			return fmt.Errorf("redirect of '%s': %w", r.Host, err)
		}
	}
	return nil
}

func writeRedirect(r redirect) error {
	conn, err := nftables.New()
	if err != nil {
		return err
	}
	table := conn.AddTable(&nftables.Table{Name: "engines_proxy", Family: nftables.TableFamilyIPv4})
	to := func(port uint16) []expr.Any {
		return append(isProtocol(unix.IPPROTO_TCP),
			&expr.Immediate{Register: 1, Data: binaryutil.BigEndian.PutUint16(port)},
			&expr.Redir{RegisterProtoMin: 1, Flags: unix.NF_NAT_RANGE_PROTO_SPECIFIED},
		)
	}
	incoming := conn.AddChain(&nftables.Chain{
		Name: "prerouting", Table: table, Type: nftables.ChainTypeNAT, Hooknum: nftables.ChainHookPrerouting, Priority: nftables.ChainPriorityNATDest,
	})
	conn.AddRule(&nftables.Rule{Table: table, Chain: incoming, Exprs: to(r.Inbound)})
	outgoing := conn.AddChain(&nftables.Chain{
		Name: "output", Table: table, Type: nftables.ChainTypeNAT, Hooknum: nftables.ChainHookOutput, Priority: nftables.ChainPriorityNATDest,
	})
	notOfGroup := []expr.Any{
		&expr.Meta{Key: expr.MetaKeySKGID, Register: 1},
		&expr.Cmp{Op: expr.CmpOpNeq, Register: 1, Data: binaryutil.NativeEndian.PutUint32(r.Group)},
	}
	notToItself := []expr.Any{
		&expr.Payload{DestRegister: 1, Base: expr.PayloadBaseNetworkHeader, Offset: families[nftables.TableFamilyIPv4].offset, Len: 1},
		&expr.Cmp{Op: expr.CmpOpNeq, Register: 1, Data: []byte{127}},
	}
	conn.AddRule(&nftables.Rule{Table: table, Chain: outgoing, Exprs: append(append(notOfGroup, notToItself...), to(r.Outbound)...)})
	return conn.Flush()
}

// wideBuffers leaves room for the kernel's answers to many rules at once.
func wideBuffers(conn *netlink.Conn) error {
	return errors.Join(conn.SetReadBuffer(8<<20), conn.SetWriteBuffer(8<<20))
}

func addressOf(text string) ([]byte, nftables.TableFamily, error) {
	ip := net.ParseIP(text)
	if v4 := ip.To4(); v4 != nil {
		return v4, nftables.TableFamilyIPv4, nil
	}
	if ip == nil {
		return nil, 0, fmt.Errorf("'%s' is not an address", text)
	}
	return ip, nftables.TableFamilyIPv6, nil
}

// leavesTheRouter spares the loopback, by which the enforcer itself reaches the API server.
func leavesTheRouter() []expr.Any {
	return []expr.Any{
		&expr.Meta{Key: expr.MetaKeyOIFNAME, Register: 1},
		&expr.Cmp{Op: expr.CmpOpNeq, Register: 1, Data: append([]byte("lo"), make([]byte, unix.IFNAMSIZ-2)...)},
	}
}

func isNew() []expr.Any {
	return []expr.Any{
		&expr.Ct{Register: 1, Key: expr.CtKeySTATE},
		&expr.Bitwise{SourceRegister: 1, DestRegister: 1, Len: 4, Mask: binaryutil.NativeEndian.PutUint32(expr.CtStateBitNEW), Xor: make([]byte, 4)},
		&expr.Cmp{Op: expr.CmpOpNeq, Register: 1, Data: make([]byte, 4)},
	}
}

func isProtocol(protocol byte) []expr.Any {
	return []expr.Any{
		&expr.Meta{Key: expr.MetaKeyL4PROTO, Register: 1},
		&expr.Cmp{Op: expr.CmpOpEq, Register: 1, Data: []byte{protocol}},
	}
}
