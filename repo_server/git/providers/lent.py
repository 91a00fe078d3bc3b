"""A token that a provider has lent. Made by the modules beside this one, kept by `tokens`."""

from dataclasses import dataclass, field
from datetime import datetime

from repo_server.git.credentials import Usable


@dataclass(frozen=True, kw_only=True)
class Lent:
    """What git is given, and until when it is good."""

    credential: Usable = field(repr=False)
    until: datetime
