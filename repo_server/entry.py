"""What tells repository entries apart: who asks, whom they trust, how they get there."""

import hashlib

import msgspec

from argosy.engine.model.repository import Repository


def identity(repository: Repository) -> bytes:
    """Return a hash of an entry without its name and project. It is made of credentials: not to be kept on disk."""
    told = msgspec.structs.replace(repository, name="", project="", depth=0, enable_lfs=False)
    return hashlib.sha256(msgspec.json.encode(told)).digest()
