"""The API server: REST and server-sent events for people, CI, the command line and the web page.

A request goes `routes` -> `queries` (reads) or `commands` (writes) -> the gateways. Both ask `argosy.engine.access`
first. What is read comes from `index`, which `watching` feeds; who asks is found out in `auth`.
"""
