"""Folders and charts on this machine in the place of repositories: what the command line works on without a server.

`folder` reads a folder as the files of a source; `worktree` says which repository a folder belongs to; `offline` opens
the service, or the tools alone; `chart` reads a chart; `index` makes the index of a chart repository.
"""
