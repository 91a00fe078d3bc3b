"""Everything that fetches charts and artifacts, put together: one set of connections, one store of archives.

Called by `wiring`, which hands the parts to `sources` and `market`.
"""

from dataclasses import dataclass
from pathlib import Path

from argosy.gateways.clock import Clock
from argosy.gateways.tools.port import Tools
from repo_server.charts.archives import Archives
from repo_server.charts.dependencies import Dependencies
from repo_server.charts.http_charts import HttpCharts
from repo_server.charts.registry_charts import RegistryCharts
from repo_server.charts.repository import Charts
from repo_server.oci.artifacts import Artifacts, LayerRules
from repo_server.oci.manifest import LAYER_TYPES
from repo_server.oci.registry import Registry
from repo_server.oci.repositories import Repositories
from repo_server.oci.tokens import Tokens
from repo_server.web.client import Web


@dataclass(frozen=True, kw_only=True)
class FetchLimits:
    """How long things take and are believed, in seconds, and how large they may be, in bytes.

    `index_bytes` bounds the index of a chart repository, `chart_bytes` and `artifact_bytes` what a chart and an
    artifact unpack to, `store_bytes` the archives kept on disk; `layer_types` are the media types of artifacts' layers.
    """

    request_seconds: float
    believe_seconds: float
    index_bytes: int
    chart_bytes: int
    artifact_bytes: int
    store_bytes: int
    layer_types: tuple[str, ...] = LAYER_TYPES


@dataclass(frozen=True, kw_only=True)
class Fetching:
    """What fetches; close `web` at the end."""

    web: Web
    charts: Charts
    artifacts: Artifacts
    dependencies: Dependencies


def open_fetching(folder: Path, *, tools: Tools, clock: Clock, limits: FetchLimits) -> Fetching:
    """Return what fetches, with its archives in `folder`, which is made."""
    web = Web(seconds=limits.request_seconds, clock=clock)
    archives = Archives(folder, limit=limits.store_bytes, clock=clock)
    archives.open()
    repositories = Repositories(
        registry=Registry(web=web, tokens=Tokens(web=web, clock=clock)), archives=archives, clock=clock
    )
    registries = RegistryCharts(repositories=repositories, tools=tools, believe=limits.believe_seconds)
    http = HttpCharts(
        web=web,
        archives=archives,
        tools=tools,
        clock=clock,
        index_limit=limits.index_bytes,
        registries=registries.at,
    )
    charts = Charts(
        http=http,
        registries=registries,
        archives=archives,
        seconds=limits.believe_seconds,
        unpacked_limit=limits.chart_bytes,
    )
    artifacts = Artifacts(
        repositories=repositories,
        archives=archives,
        tools=tools,
        rules=LayerRules(types=limits.layer_types, limit=limits.artifact_bytes),
    )
    return Fetching(web=web, charts=charts, artifacts=artifacts, dependencies=Dependencies(charts=charts, tools=tools))
