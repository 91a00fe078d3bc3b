"""From the files of one source to its manifests: which tool it is for, what the tool may read, what it made of it."""
