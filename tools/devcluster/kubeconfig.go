package main

import (
	"crypto/rand"
	"fmt"
	"os"

	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
)

// writeCredentials makes a random token for a member of system:masters and writes the token file of the API server
// and the kubeconfig that uses it and checks the server against the certificate authority.
func writeCredentials(c cluster) error {
	token := rand.Text()
	if err := os.WriteFile(c.path("tokens.csv"), []byte(token+`,admin,admin,"system:masters"`+"\n"), 0o600); err != nil {
		return err
	}
	authority, err := os.ReadFile(c.path("ca.crt"))
	if err != nil {
		return err
	}
	config := clientcmdapi.NewConfig()
	config.Clusters[c.name] = &clientcmdapi.Cluster{
		Server:                   fmt.Sprintf("https://127.0.0.1:%d", c.port),
		CertificateAuthorityData: authority,
	}
	config.AuthInfos[c.name] = &clientcmdapi.AuthInfo{Token: token}
	config.Contexts[c.name] = &clientcmdapi.Context{Cluster: c.name, AuthInfo: c.name}
	config.CurrentContext = c.name
	return clientcmd.WriteToFile(*config, c.path("kubeconfig"))
}
