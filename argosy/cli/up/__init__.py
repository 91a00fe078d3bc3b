"""`argosy up`: the three processes on one machine against a kubeconfig, from first use to clean stop."""
