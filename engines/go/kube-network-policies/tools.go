//go:build tools

// Pins the enforcer that decides on real packets, in its three flavours.
package tools

import (
	_ "sigs.k8s.io/kube-network-policies/cmd/kube-network-policies/npa-v1alpha1"
	_ "sigs.k8s.io/kube-network-policies/cmd/kube-network-policies/npa-v1alpha2"
	_ "sigs.k8s.io/kube-network-policies/cmd/kube-network-policies/standard"
)
