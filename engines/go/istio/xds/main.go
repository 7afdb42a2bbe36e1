// Asks a control plane of the mesh for the configuration of proxies, as each of them would, and prints it.
//
//	xds-client ADDRESS < proxies    one JSON object a line: { "id": ..., "metadata": {...} }
//
// For each it writes one line: { "clusters": [...], "listeners": [...], "routes": [...] }, with every typed part spelled out.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"sort"
	"time"

	core "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	discovery "github.com/envoyproxy/go-control-plane/envoy/service/discovery/v3"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/types/known/anypb"
	"google.golang.org/protobuf/types/known/structpb"

	_ "istio.io/istio/pkg/config/xds"
)

const (
	clusters  = "type.googleapis.com/envoy.config.cluster.v3.Cluster"
	listeners = "type.googleapis.com/envoy.config.listener.v3.Listener"
	routes    = "type.googleapis.com/envoy.config.route.v3.RouteConfiguration"
)

type proxy struct {
	ID       string         `json:"id"`
	Metadata map[string]any `json:"metadata"`
}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: xds-client ADDRESS < proxies")
		os.Exit(2)
	}
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<24)
	for lines.Scan() {
		answer, err := ask(os.Args[1], lines.Bytes())
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		fmt.Println(answer)
	}
}

func ask(address string, line []byte) (string, error) {
	var of proxy
	if err := json.Unmarshal(line, &of); err != nil {
		return "", err
	}
	metadata, err := structpb.NewStruct(of.Metadata)
	if err != nil {
		return "", err
	}
	connection, err := grpc.NewClient(address, grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(1<<28)))
	if err != nil {
		return "", err
	}
	defer connection.Close()
	within, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	stream, err := discovery.NewAggregatedDiscoveryServiceClient(connection).StreamAggregatedResources(within)
	if err != nil {
		return "", err
	}
	node := &core.Node{Id: of.ID, Metadata: metadata}
	get := func(kind string, names ...string) ([]json.RawMessage, error) {
		if err := stream.Send(&discovery.DiscoveryRequest{Node: node, TypeUrl: kind, ResourceNames: names}); err != nil {
			return nil, err
		}
		for {
			response, err := stream.Recv()
			if err != nil {
				return nil, fmt.Errorf("%s %s: %w", of.ID, kind, err)
			}
			acknowledge := &discovery.DiscoveryRequest{
				TypeUrl: response.TypeUrl, VersionInfo: response.VersionInfo, ResponseNonce: response.Nonce, ResourceNames: names,
			}
			if err := stream.Send(acknowledge); err != nil {
				return nil, err
			}
			if response.TypeUrl == kind {
				return spelled(response.Resources)
			}
		}
	}
	answer := map[string][]json.RawMessage{}
	if answer["clusters"], err = get(clusters); err != nil {
		return "", err
	}
	if answer["listeners"], err = get(listeners); err != nil {
		return "", err
	}
	answer["routes"] = []json.RawMessage{}
	if names := routeNames(answer["listeners"]); len(names) > 0 {
		if answer["routes"], err = get(routes, names...); err != nil {
			return "", err
		}
	}
	text, err := json.Marshal(answer)
	return string(text), err
}

func spelled(resources []*anypb.Any) ([]json.RawMessage, error) {
	all := []json.RawMessage{}
	for _, resource := range resources {
		message, err := resource.UnmarshalNew()
		if err != nil {
			return nil, err
		}
		text, err := protojson.Marshal(message)
		if err != nil {
			return nil, err
		}
		all = append(all, text)
	}
	return all, nil
}

// Routes that listeners leave to be asked for.
func routeNames(resources []json.RawMessage) []string {
	found := map[string]bool{}
	var walk func(value any)
	walk = func(value any) {
		switch node := value.(type) {
		case []any:
			for _, item := range node {
				walk(item)
			}
		case map[string]any:
			if name, ok := node["routeConfigName"].(string); ok {
				found[name] = true
			}
			for _, item := range node {
				walk(item)
			}
		}
	}
	for _, resource := range resources {
		var value any
		if json.Unmarshal(resource, &value) == nil {
			walk(value)
		}
	}
	names := []string{}
	for name := range found {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}
