"""The command line: Argo CD's commands, flags, output and exit codes, on top of the REST interface."""
