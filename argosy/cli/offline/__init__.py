"""Work without a server: files in, answers out, by the repo server's own code inside this process.

Applications: `places` finds folders and the repositories they belong to, `applications` makes an application of a
folder or reads one from a file, `circumstances` are settings and credentials, `rendering` renders, `writing` prints.
With a server at hand: `served` takes an application of the server from a folder, `comparing` says what a sync of the
folder would change (by `merging`). Charts: `charts` asks the tool worker, `readme` and `indexing` write what it says.
`options` declares what the commands have in common.
"""
