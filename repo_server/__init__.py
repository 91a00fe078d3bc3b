"""The repo server: sources in, manifests out. Knows Git and chart repositories; knows no cluster and no database."""
