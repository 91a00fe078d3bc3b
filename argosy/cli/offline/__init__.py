"""Work without a server: files in, manifests out, by the repo server's own code inside this process.

`places` finds folders and the repositories that they belong to; `applications` makes an application of a folder or
reads one from a file; `circumstances` are the settings and credentials; `rendering` renders; `writing` prints.
"""
