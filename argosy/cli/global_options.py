"""The global options as a value; every command finds them as click's object. Filled by `argosy.cli.root`."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Globals:
    """The global options as given; what was not given is empty, `None` or false."""

    server: str = ""
    token: str = field(default="", repr=False)
    context: str = ""
    config_path: str = ""
    insecure: bool = False
    plain_text: bool = False
    server_certificate: str = ""
    client_certificate: str = ""
    client_key: str = ""
    headers: tuple[str, ...] = ()
    root_path: str = ""
    retries: int = 0
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)
