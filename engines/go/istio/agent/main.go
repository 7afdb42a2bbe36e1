// Stands beside proxies as their agent does: hands each of them its certificate and the authority of the mesh, over the socket where the
// proxy asks for them.
//
//	mesh-agent CERTIFICATES NAME=FOLDER...    CERTIFICATES has ca.crt, NAME.crt and NAME.key
//
// The socket of each lies in its folder, where the control plane tells every proxy to look for it.
package main

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"

	core "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	tls "github.com/envoyproxy/go-control-plane/envoy/extensions/transport_sockets/tls/v3"
	discovery "github.com/envoyproxy/go-control-plane/envoy/service/discovery/v3"
	secret "github.com/envoyproxy/go-control-plane/envoy/service/secret/v3"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/anypb"
	"istio.io/istio/pkg/security"
)

var socket = security.GetIstioSDSServerSocketPath()

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "mesh-agent:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) < 2 {
		return fmt.Errorf("usage: mesh-agent CERTIFICATES NAME=FOLDER...")
	}
	ended := make(chan error)
	for _, pair := range args[1:] {
		name, folder, _ := strings.Cut(pair, "=")
		secrets, err := secretsOf(args[0], name)
		if err != nil {
			return err
		}
		// A path from here would be longer than that of a socket may be.
		if err := os.Chdir(folder); err != nil {
			return err
		}
		if err := os.MkdirAll(filepath.Dir(socket), 0o755); err != nil {
			return err
		}
		listener, err := net.Listen("unix", socket)
		if err != nil {
			return err
		}
		server := grpc.NewServer()
		secret.RegisterSecretDiscoveryServiceServer(server, &agent{secrets: secrets})
		go func() { ended <- server.Serve(listener) }()
	}
	return <-ended
}

type agent struct {
	secret.UnimplementedSecretDiscoveryServiceServer
	secrets map[string]*tls.Secret
}

func secretsOf(certificates, name string) (map[string]*tls.Secret, error) {
	read := func(file string) (*core.DataSource, error) {
		data, err := os.ReadFile(filepath.Join(certificates, file))
		return &core.DataSource{Specifier: &core.DataSource_InlineBytes{InlineBytes: data}}, err
	}
	authority, err := read("ca.crt")
	if err != nil {
		return nil, err
	}
	chain, err := read(name + ".crt")
	if err != nil {
		return nil, err
	}
	key, err := read(name + ".key")
	if err != nil {
		return nil, err
	}
	return map[string]*tls.Secret{
		security.WorkloadKeyCertResourceName: {
			Name: security.WorkloadKeyCertResourceName,
			Type: &tls.Secret_TlsCertificate{TlsCertificate: &tls.TlsCertificate{CertificateChain: chain, PrivateKey: key}},
		},
		security.RootCertReqResourceName: {
			Name: security.RootCertReqResourceName,
			Type: &tls.Secret_ValidationContext{ValidationContext: &tls.CertificateValidationContext{TrustedCa: authority}},
		},
	}, nil
}

// StreamSecrets answers what is asked for the first time on a stream; what a proxy says it has taken is no question.
func (a *agent) StreamSecrets(stream secret.SecretDiscoveryService_StreamSecretsServer) error {
	for {
		request, err := stream.Recv()
		if err != nil {
			return err
		}
		if request.ErrorDetail != nil {
			fmt.Fprintln(os.Stderr, "a proxy refuses its secret:", request.ErrorDetail.Message)
		}
		if request.ResponseNonce != "" {
			continue
		}
		response := &discovery.DiscoveryResponse{TypeUrl: request.TypeUrl, VersionInfo: "1", Nonce: "1"}
		for _, name := range request.ResourceNames {
			if a.secrets[name] == nil {
				fmt.Fprintln(os.Stderr, "nobody has the secret", name)
				continue
			}
			resource, err := anypb.New(a.secrets[name])
			if err != nil {
				return err
			}
			response.Resources = append(response.Resources, resource)
		}
		if err := stream.Send(response); err != nil {
			return err
		}
	}
}
