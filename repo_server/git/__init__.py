"""Git repositories: which commit a revision means, and the files of a commit, read without a checkout."""
