"""Helm chart repositories: which version a revision means, and the files of a packed chart."""
