"""What the commands show of the server's objects: rows, facts and trees, as Argo CD's columns; pure."""
