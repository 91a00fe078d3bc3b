"""A Kubernetes API server, spoken to in JSON; the port is `port.Cluster`."""
