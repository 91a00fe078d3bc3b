"""OCI registries: tags, manifests and layers, and the artifacts that are sources of their own (`oci://...`)."""
