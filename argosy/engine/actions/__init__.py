"""What a person can have done to one live object besides a sync: restart it, scale it, suspend it.

`built_in` are those that come with Argosy, a family of kinds a file in the `form` of a table; `defined` are what users
write in Lua; `choice` says which of the two a kind has. Decides in values; the API server carries them out.
"""
