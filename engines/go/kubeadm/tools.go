//go:build tools

// Pins the program that makes a control plane, which reads the file we hand to it.
package tools

import _ "k8s.io/kubernetes/cmd/kubeadm"
