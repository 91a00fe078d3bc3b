"""Folders on this machine in the place of repositories: what the command line renders without a server.

`folder` reads a folder as the files of a source; `worktree` says which repository a folder belongs to.
"""
