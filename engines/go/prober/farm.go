package main

import (
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"syscall"

	"github.com/vishvananda/netlink"
)

// A host is one pod, or one place outside: a namespace tied to the router by one link, with nothing but host routes.
type host struct {
	Name      string   `json:"name"`
	Addresses []string `json:"addresses"`
	ns        *namespace
}

type farm struct {
	home    *namespace
	router  *namespace
	hosts   map[string]*host
	servers []io.Closer
}

// Where every host finds the router; the same on every link, so never shown to anybody.
var gateway4, gateway6 = net.ParseIP("169.254.1.1"), net.ParseIP("fe80::1")

func newFarm() (*farm, error) {
	here, err := os.Open("/proc/thread-self/ns/net")
	if err != nil {
		return nil, err
	}
	router, err := newNamespace()
	if err != nil {
		return nil, err
	}
	f := &farm{home: inhabited(here), router: router, hosts: map[string]*host{}}
	return f, router.do(func() error {
		return sysctl([2]string{"ipv4/ip_forward", "1"}, [2]string{"ipv6/conf/all/forwarding", "1"},
			[2]string{"ipv4/conf/all/rp_filter", "0"}, [2]string{"ipv4/conf/default/rp_filter", "0"},
			[2]string{"ipv6/conf/default/accept_dad", "0"}, [2]string{"ipv6/conf/all/accept_dad", "0"},
			// Refusals are told at once and every time, or a fast test would read silence as a drop.
			[2]string{"ipv4/icmp_ratelimit", "0"}, [2]string{"ipv6/icmp/ratelimit", "0"})
	})
}

func (f *farm) addHosts(hosts []host) error {
	for _, h := range hosts {
		if f.hosts[h.Name] != nil {
			return fmt.Errorf("host '%s' is there already", h.Name)
		}
		if err := f.addHost(&h); err != nil {
			return fmt.Errorf("host '%s': %w", h.Name, err)
		}
		f.hosts[h.Name] = &h
	}
	return nil
}

func (f *farm) addHost(h *host) error {
	ns, err := newNamespace()
	if err != nil {
		return err
	}
	h.ns = ns
	uplink := fmt.Sprintf("h%d", len(f.hosts))
	err = f.router.do(func() error {
		attrs := netlink.NewLinkAttrs()
		attrs.Name = uplink
		if err := netlink.LinkAdd(&netlink.Veth{LinkAttrs: attrs, PeerName: "eth0", PeerNamespace: netlink.NsFd(ns.fd())}); err != nil {
			return err
		}
		link, err := netlink.LinkByName(uplink)
		if err != nil {
			return err
		}
		if err := sysctl([2]string{"ipv6/conf/" + uplink + "/accept_dad", "0"}); err != nil {
			return err
		}
		if err := netlink.LinkSetUp(link); err != nil {
			return err
		}
		for _, gateway := range []net.IP{gateway4, gateway6} {
			if err := netlink.AddrAdd(link, &netlink.Addr{IPNet: alone(gateway), Flags: 0x02 /* IFA_F_NODAD */}); err != nil {
				return err
			}
		}
		return routes(link, h.Addresses)
	})
	if err != nil {
		return err
	}
	return ns.do(func() error { return settle(h.Addresses) })
}

// settle gives a host its addresses and its way out.
func settle(addresses []string) error {
	if err := sysctl([2]string{"ipv6/conf/eth0/accept_dad", "0"}); err != nil {
		return err
	}
	link, err := netlink.LinkByName("eth0")
	if err != nil {
		return err
	}
	if err := netlink.LinkSetUp(link); err != nil {
		return err
	}
	for _, text := range addresses {
		ip := net.ParseIP(text)
		if ip == nil {
			return fmt.Errorf("'%s' is not an address", text)
		}
		if err := netlink.AddrAdd(link, &netlink.Addr{IPNet: alone(ip), Flags: 0x02}); err != nil {
			return err
		}
	}
	if err := netlink.RouteAdd(&netlink.Route{LinkIndex: link.Attrs().Index, Dst: alone(gateway4), Scope: netlink.SCOPE_LINK}); err != nil {
		return err
	}
	for _, gateway := range []net.IP{gateway4, gateway6} {
		everywhere := &net.IPNet{IP: net.IPv6zero, Mask: net.CIDRMask(0, 128)}
		if gateway.To4() != nil {
			everywhere = &net.IPNet{IP: net.IPv4zero.To4(), Mask: net.CIDRMask(0, 32)}
		}
		if err := netlink.RouteAdd(&netlink.Route{LinkIndex: link.Attrs().Index, Dst: everywhere, Gw: gateway}); err != nil {
			return fmt.Errorf("default route by %s: %w", gateway, err)
		}
	}
	return nil
}

func routes(link netlink.Link, addresses []string) error {
	for _, text := range addresses {
		if err := netlink.RouteAdd(&netlink.Route{LinkIndex: link.Attrs().Index, Dst: alone(net.ParseIP(text)), Scope: netlink.SCOPE_LINK}); err != nil {
			return fmt.Errorf("route to '%s': %w", text, err)
		}
	}
	return nil
}

func alone(ip net.IP) *net.IPNet {
	if v4 := ip.To4(); v4 != nil {
		return &net.IPNet{IP: v4, Mask: net.CIDRMask(32, 32)}
	}
	return &net.IPNet{IP: ip, Mask: net.CIDRMask(128, 128)}
}

// namespaceOf gives the namespace of a host, the router's where none is named.
func (f *farm) namespaceOf(host string) (*namespace, error) {
	if host == "" {
		return f.router, nil
	}
	if h := f.hosts[host]; h != nil {
		return h.ns, nil
	}
	return nil, fmt.Errorf("no host '%s'", host)
}

// start runs a program in the namespace of a host, or of the router; it dies with this process. The thread that started it has to live as
// long.
func (f *farm) start(o order) (any, error) {
	at, err := f.namespaceOf(o.Host)
	if err != nil {
		return nil, err
	}
	file, err := os.Create(o.Log)
	if err != nil {
		return nil, err
	}
	started := make(chan error, 1)
	command, attributes := o.Command, &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if o.Inside != nil {
		self, err := os.Executable()
		if err != nil {
			return nil, err
		}
		parent, group := fmt.Sprint(os.Getpid()), fmt.Sprint(o.Inside.Group)
		command = append([]string{self, "inside", parent, group, o.Inside.Names, "--"}, command...)
		attributes.Unshareflags = syscall.CLONE_NEWNS
	}
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Stdout, cmd.Stderr, cmd.Env, cmd.Dir, cmd.SysProcAttr = file, file, append(os.Environ(), o.Env...), o.Folder, attributes
	go at.alone(func() error {
		err := cmd.Start()
		started <- err
		if err != nil {
			return err
		}
		return cmd.Wait()
	})
	if err := <-started; err != nil {
		return nil, err
	}
	return map[string]int{"pid": cmd.Process.Pid}, nil
}

// forward lets programs in a namespace reach an address of the home namespace at a port of their own loopback.
func (f *farm) forward(at *namespace, port int, target string) error {
	var server net.Listener
	err := at.do(func() (err error) {
		server, err = net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
		return err
	})
	if err != nil {
		return err
	}
	go func() {
		for {
			client, err := server.Accept()
			if err != nil {
				return
			}
			go f.relay(client, target)
		}
	}()
	return nil
}

func (f *farm) relay(client net.Conn, target string) {
	defer client.Close()
	var upstream net.Conn
	err := f.home.do(func() (err error) {
		upstream, err = net.Dial("tcp", target)
		return err
	})
	if err != nil {
		return
	}
	defer upstream.Close()
	go func() {
		io.Copy(upstream, client)
		upstream.Close()
	}()
	io.Copy(client, upstream)
}
