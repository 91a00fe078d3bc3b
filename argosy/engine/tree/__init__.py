"""Live objects -> the resource tree of an application: owners, networking, facts, hosts, orphans (3.37 to 3.41).

Objects are described one by one (`described`), found from their owners (`walk`), and put together as nodes; what
changed between two trees is told by `changes`. Called by the controller from its live caches.
"""

from argosy.engine.tree import hosts, info, orphans
from argosy.engine.tree.changes import Versions
from argosy.engine.tree.described import USUAL, Described, View, describe, key_of, missing
from argosy.engine.tree.info import Shown
from argosy.engine.tree.walk import Found, Living, Surroundings, Visited, assemble, walk

__all__ = [
    "USUAL",
    "Described",
    "Found",
    "Living",
    "Shown",
    "Surroundings",
    "Versions",
    "View",
    "Visited",
    "assemble",
    "describe",
    "hosts",
    "info",
    "key_of",
    "missing",
    "orphans",
    "walk",
]
