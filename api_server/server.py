"""What queries and commands work with: the outside, what is watched, and who asks. Made by `wiring`, once."""

from dataclasses import dataclass

from api_server.auth.sessions import Sessions
from api_server.connections import Connections
from api_server.watching import Watches
from argosy.engine.access import Anonymous, Subject
from argosy.engine.settings import Settings
from argosy.gateways.clock import Clock
from argosy.gateways.kubernetes.port import Cluster, Clusters
from argosy.gateways.live.port import Live
from argosy.gateways.manifests.port import Manifests
from argosy.gateways.store.port import Store
from argosy.gateways.tools.scripts import Scripts


@dataclass(frozen=True, slots=True)
class Outside:
    """The gateways: the control cluster, how others are opened, the SQL memory, the two other processes, what runs
    users' scripts, the time.
    """

    cluster: Cluster
    clusters: Clusters
    store: Store
    manifests: Manifests
    live: Live
    scripts: Scripts
    clock: Clock


@dataclass(frozen=True, slots=True)
class Server:
    """One API server; `namespace` is the control namespace."""

    namespace: str
    outside: Outside
    watches: Watches
    sessions: Sessions
    connections: Connections

    @property
    def settings(self) -> Settings:
        """The settings of the moment."""
        return self.watches.settings.current


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks; `request_id` is in the answer's header, the log and the audit."""

    subject: Subject
    request_id: str

    @property
    def name(self) -> str:
        """The caller's name for the audit, empty if nobody has signed in."""
        return "" if isinstance(self.subject, Anonymous) else self.subject.name
