"""The controller as the API server sees it; the port is `port.Live`."""
