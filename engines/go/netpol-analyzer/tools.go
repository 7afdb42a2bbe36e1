//go:build tools

// Pins np-guard's analyzer, the peer whose reading of the same YAML is held against ours.
package tools

import _ "github.com/np-guard/netpol-analyzer/cmd/netpolicy"
