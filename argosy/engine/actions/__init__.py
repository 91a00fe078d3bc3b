"""What a person can have done to one live object besides a sync: restart it, scale it, suspend it.

`defined` are the actions that users write in Lua. Decides in values; the API server carries them out.
"""
