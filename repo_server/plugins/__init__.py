"""Config management plugins: an administrator's programs that turn a folder of a source into manifests."""
