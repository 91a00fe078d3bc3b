"""The SQL memory: what happened, who did it, what is under way, who owns which object.

Everyone imports `port` (with `changes`, `records` and `errors`); only `wiring` modules import `sql`.
"""
