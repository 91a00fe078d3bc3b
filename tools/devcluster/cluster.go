package main

// One cluster: its files, its certificates, and how each of its components is started.

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"
)

type cluster struct {
	name  string
	state state
	port  int
}

func (c cluster) path(elements ...string) string {
	return c.state.path(append([]string{c.name}, elements...)...)
}

// prepare reserves the port of a new cluster and writes the files that its components read.
func prepare(name string, s state) (cluster, error) {
	port, err := reservePort()
	if err != nil {
		return cluster{}, err
	}
	c := cluster{name: name, state: s, port: port}
	if err := os.MkdirAll(c.path(), 0o700); err != nil {
		return cluster{}, err
	}
	return c, errors.Join(c.writeCertificates(), writeCredentials(c), writeStages(c.path("stages.yaml")))
}

func (c cluster) writeCertificates() error {
	signer, err := newAuthority(c.name + "-ca")
	if err != nil {
		return err
	}
	return errors.Join(
		writePEM(c.path("ca.crt"), "CERTIFICATE", signer.certificate.Raw),
		signer.issue(c.name, c.path("server.crt"), c.path("server.key")),
		writeServiceAccountKey(c.path("service-account.key")),
	)
}

// etcd serves every cluster, on a socket in the state directory: no port, and nobody else can open it. Relative
// because the path of a socket is at most 107 bytes long; every component runs in the state directory.
const (
	etcdSocket = "unix://etcd.sock"
	peerSocket = "unix://etcd-peer.sock"
)

func etcd() component {
	return component{program: "etcd", arguments: []string{
		"--name=devcluster",
		"--data-dir=etcd",
		"--listen-client-urls=" + etcdSocket,
		"--advertise-client-urls=" + etcdSocket,
		"--listen-peer-urls=" + peerSocket,
		"--initial-advertise-peer-urls=" + peerSocket,
		"--initial-cluster=devcluster=" + peerSocket,
		"--log-level=warn",
		"--unsafe-no-fsync", // what it holds is thrown away
	}}
}

func (c cluster) apiServer() component {
	return component{cluster: c.name, program: "kube-apiserver", arguments: []string{
		"--etcd-servers=" + etcdSocket,
		"--etcd-prefix=/" + c.name,
		"--bind-address=127.0.0.1",
		"--advertise-address=127.0.0.1",
		"--endpoint-reconciler-type=none", // the Service `kubernetes` may not lead to loopback
		"--secure-port=" + strconv.Itoa(c.port),
		"--permit-port-sharing", // see reservePort
		"--tls-cert-file=" + c.path("server.crt"),
		"--tls-private-key-file=" + c.path("server.key"),
		"--service-cluster-ip-range=10.96.0.0/16",
		"--service-account-issuer=https://kubernetes.default.svc",
		"--service-account-signing-key-file=" + c.path("service-account.key"),
		"--service-account-key-file=" + c.path("service-account.key"),
		"--token-auth-file=" + c.path("tokens.csv"),
		"--authorization-mode=RBAC",
		"--max-requests-inflight=1000",
		"--max-mutating-requests-inflight=500",
	}}
}

// followers are the components that talk to the API server only. None of them listens anywhere.
func (c cluster) followers() []component {
	return []component{
		{cluster: c.name, program: "kube-controller-manager", arguments: []string{
			"--kubeconfig=" + c.path("kubeconfig"),
			"--service-account-private-key-file=" + c.path("service-account.key"),
			"--root-ca-file=" + c.path("ca.crt"),
			"--leader-elect=false",
			"--secure-port=0",
			"--kube-api-qps=200",
			"--kube-api-burst=400",
		}},
		{cluster: c.name, program: "kube-scheduler", arguments: []string{
			"--kubeconfig=" + c.path("kubeconfig"),
			"--leader-elect=false",
			"--secure-port=0",
		}},
		{cluster: c.name, program: "kwok", arguments: []string{
			"--kubeconfig=" + c.path("kubeconfig"),
			"--config=" + c.path("stages.yaml"),
			"--manage-all-nodes",
			"--node-ip=127.0.0.1",
			"--node-lease-duration-seconds=40",
		}},
	}
}

// self is this program, however its file has been renamed or replaced since it was started.
const self = "/proc/self/exe"

// executable returns the program of a component: the one in the folder that KUBEBUILDER_ASSETS names if it is there,
// as for envtest, else this one with the name of the component as its first argument.
func (c component) executable() (path string, leading []string) {
	if assets := os.Getenv("KUBEBUILDER_ASSETS"); assets != "" {
		candidate := filepath.Join(assets, c.program)
		if information, err := os.Stat(candidate); err == nil && information.Mode().IsRegular() {
			return candidate, nil
		}
	}
	return self, []string{c.program}
}
