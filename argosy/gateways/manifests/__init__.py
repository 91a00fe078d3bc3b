"""The repo server as its callers see it; the port is `port.Manifests`."""
