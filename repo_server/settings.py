"""What the repo server is told when it starts: read once, from the command line and the environment.

Each variable is `ARGOSY_...` with Argo CD's `ARGOCD_...` as fallback where it has one. A value that cannot be used
stops the start, with its name.
"""

import argparse
import ipaddress
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from argosy.engine import durations
from argosy.gateways import process
from argosy.gateways.process import BadSetting
from repo_server.cache.failures import Pause
from repo_server.git.patience import Patience
from repo_server.git.process import Limits as GitLimits
from repo_server.git.providers.azure import WorkloadIdentity
from repo_server.oci.manifest import LAYER_TYPES
from repo_server.plugins.limits import Limits

_MEBIBYTE = 1024 * 1024
_UNITS = {"": 1, "K": 1000, "M": 1000**2, "G": 1000**3, "Ki": 1024, "Mi": 1024**2, "Gi": 1024**3}
_SIZE = re.compile(r"(?P<number>\d+)(?P<unit>Ki|Mi|Gi|K|M|G|)")
_TRUTH = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False, "": False}


@dataclass(frozen=True, kw_only=True)
class Tcp:
    """Listen on a loopback address; port 0 asks the system for a free one."""

    host: str
    port: int


@dataclass(frozen=True, kw_only=True)
class Unix:
    """Listen on a Unix socket."""

    path: Path


@dataclass(frozen=True, kw_only=True)
class Git:
    """How remotes are asked: `listings` at once of one host (0: any number), and the identity of our pod in Azure."""

    patience: Patience
    limits: GitLimits
    listings: int
    workload: WorkloadIdentity


@dataclass(frozen=True, kw_only=True)
class PluginSettings:
    """The folder of the plugin.yaml files (None: no plugins), what of a source is kept from them, what one may take."""

    folder: Path | None
    exclusions: tuple[str, ...]
    only_generate_paths: bool
    limits: Limits


@dataclass(frozen=True, kw_only=True)
class ChartSettings:
    """How large, in bytes, an index, an unpacked artifact and the store of charts on disk may be.

    `layer_types` are the media types that the layer of an artifact may have.
    """

    index_bytes: int
    artifact_bytes: int
    store_bytes: int
    layer_types: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The checked settings. Times are seconds, sizes bytes; `parallel` 0 means any number.

    Without `signatures`, no policy that asks for them is enforced.
    """

    listen: Tcp | Unix
    token: str
    state: Path
    tool_worker: Path | None
    workers: int
    parallel: int
    request_seconds: float
    transfer_seconds: float
    render_seconds: float
    tool_seconds: float
    refs_seconds: float
    git: Git
    directory_bytes: int
    chart_bytes: int
    charts: ChartSettings
    cache_bytes: int
    cache_disk_bytes: int
    lifetime_seconds: float
    pause: Pause
    plugins: PluginSettings
    file_urls: bool
    unsandboxed: bool
    signatures: bool
    token_file: Path | None
    environment: Mapping[str, str] = field(compare=False)

    def __repr__(self) -> str:
        """Leave the token out."""
        return f"Settings(listen={self.listen}, state={self.state})"


def read(arguments: Sequence[str], environment: Mapping[str, str]) -> Settings:
    """Read the settings. Raises `BadSetting`; exits for `--help` and unknown arguments."""
    given = _parser().parse_args(arguments)
    env = _Environment(environment)
    token_file = given.token_file or env.text("REPO_SERVER_TOKEN_FILE", "")
    edge = _Edge(
        listen=_listen(given.listen or env.text("REPO_SERVER_LISTEN", "127.0.0.1:8081")),
        token=_token(token_file),
        token_file=Path(token_file),
        state=Path(given.state or env.text("REPO_SERVER_STATE", str(_default_state(environment)))),
        file_urls=given.allow_file_urls or env.truth("REPO_SERVER_ALLOW_FILE_URLS"),
        unsandboxed=given.allow_unsandboxed_rendering or env.truth("REPO_SERVER_ALLOW_UNSANDBOXED_RENDERING"),
    )
    return _settings(edge, env)


def offline(state: Path, environment: Mapping[str, str]) -> Settings:
    """Return the settings of a service inside the command line: nobody calls it from outside. Raises `BadSetting`."""
    env = _Environment(environment)
    edge = _Edge(
        listen=Unix(path=state / "nobody"),
        token="",
        token_file=None,
        state=state,
        file_urls=env.truth("REPO_SERVER_ALLOW_FILE_URLS"),
        unsandboxed=env.truth("REPO_SERVER_ALLOW_UNSANDBOXED_RENDERING"),
    )
    return _settings(edge, env)


@dataclass(frozen=True, kw_only=True)
class _Edge:
    """What differs between a server and the command line."""

    listen: Tcp | Unix
    token: str
    token_file: Path | None
    state: Path
    file_urls: bool
    unsandboxed: bool


def _settings(edge: _Edge, env: "_Environment") -> Settings:
    return Settings(
        listen=edge.listen,
        token=edge.token,
        state=edge.state,
        tool_worker=Path(worker) if (worker := env.text("TOOL_WORKER", "")) else None,
        workers=env.number("REPO_SERVER_WORKERS", os.cpu_count() or 2),
        parallel=env.number("REPO_SERVER_PARALLELISM_LIMIT", 0),
        request_seconds=env.seconds("GIT_REQUEST_TIMEOUT", "15s"),
        transfer_seconds=env.seconds("EXEC_TIMEOUT", "90s"),
        render_seconds=env.seconds("REPO_SERVER_REQUEST_TIMEOUT", "180s"),
        tool_seconds=env.seconds("REPO_SERVER_TOOL_TIMEOUT", "60s"),
        refs_seconds=env.seconds("RECONCILIATION_TIMEOUT", "120s"),
        git=_git(env),
        directory_bytes=env.size("REPO_SERVER_MAX_COMBINED_DIRECTORY_MANIFESTS_SIZE", 10 * _MEBIBYTE),
        chart_bytes=env.size("REPO_SERVER_HELM_MANIFEST_MAX_EXTRACTED_SIZE", 64 * _MEBIBYTE),
        charts=_charts(env),
        cache_bytes=env.size("REPO_SERVER_CACHE_SIZE", 32 * _MEBIBYTE),
        cache_disk_bytes=env.size("REPO_SERVER_CACHE_DISK_SIZE", 1024 * _MEBIBYTE),
        lifetime_seconds=env.seconds("REPO_CACHE_EXPIRATION", "24h"),
        pause=Pause(
            after=env.number("PAUSE_GEN_AFTER_FAILED_ATTEMPTS", 3),
            seconds=60.0 * env.number("PAUSE_GEN_MINUTES", 60),
            requests=env.number("PAUSE_GEN_REQUESTS", 0),
        ),
        plugins=_plugins(env),
        file_urls=edge.file_urls,
        unsandboxed=edge.unsandboxed,
        # As Argo CD reads it: whatever does not plainly say no leaves them on.
        signatures=env.text("GPG_ENABLED", "true").lower() not in ("false", "no"),
        token_file=edge.token_file,
        environment=env.all,
    )


def _plugins(env: "_Environment") -> PluginSettings:
    folder = env.text("REPO_SERVER_PLUGINS", "")
    exclusions = env.text("REPO_SERVER_PLUGIN_TAR_EXCLUSIONS", "")
    return PluginSettings(
        folder=Path(folder) if folder else None,
        exclusions=tuple(word for word in exclusions.split(";") if word),
        only_generate_paths=env.truth("REPO_SERVER_PLUGIN_USE_MANIFEST_GENERATE_PATHS"),
        limits=Limits(
            seconds=env.seconds("EXEC_TIMEOUT", "90s"), fatal_seconds=env.seconds("EXEC_FATAL_TIMEOUT", "10s")
        ),
    )


def _charts(env: "_Environment") -> ChartSettings:
    return ChartSettings(
        index_bytes=env.size("REPO_SERVER_HELM_REGISTRY_MAX_INDEX_SIZE", 64 * _MEBIBYTE),
        artifact_bytes=env.size("REPO_SERVER_OCI_MANIFEST_MAX_EXTRACTED_SIZE", 64 * _MEBIBYTE),
        store_bytes=env.size("REPO_SERVER_CHART_STORE_SIZE", 1024 * _MEBIBYTE),
        layer_types=env.words("REPO_SERVER_OCI_LAYER_MEDIA_TYPES", ",".join(LAYER_TYPES)),
    )


def _git(env: "_Environment") -> Git:
    return Git(
        patience=Patience(
            attempts=max(1, env.number("GIT_ATTEMPTS_COUNT", 1)),
            first=env.seconds("GIT_RETRY_DURATION", "250ms"),
            factor=max(1, env.number("GIT_RETRY_FACTOR", 2)),
            longest=env.seconds("GIT_RETRY_MAX_DURATION", "5s"),
        ),
        limits=GitLimits(
            memory=env.size("GIT_MEMORY_LIMIT", 2048 * _MEBIBYTE), file=env.size("GIT_FILE_LIMIT", 16384 * _MEBIBYTE)
        ),
        listings=env.number("GIT_LS_REMOTE_PARALLELISM_LIMIT", 0),
        workload=WorkloadIdentity(
            authority=env.foreign("AZURE_AUTHORITY_HOST"),
            tenant=env.foreign("AZURE_TENANT_ID"),
            client=env.foreign("AZURE_CLIENT_ID"),
            token_file=env.foreign("AZURE_FEDERATED_TOKEN_FILE"),
            hosts=env.words("AZURE_WORKLOAD_IDENTITY_HOSTS", "dev.azure.com,*.visualstudio.com"),
        ),
    )


class _Environment:
    """Looks a setting up by Argosy's name, then by Argo CD's."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment

    @property
    def all(self) -> Mapping[str, str]:
        """Everything, by its full name."""
        return self._environment

    def text(self, name: str, default: str) -> str:
        return self._named(name)[1] or default

    def foreign(self, name: str) -> str:
        """Look up what others than Argo CD and we have named, and put into the pod."""
        return self._environment.get(name, "").strip()

    def words(self, name: str, default: str) -> tuple[str, ...]:
        return tuple(word.strip() for word in self.text(name, default).split(",") if word.strip())

    def number(self, name: str, default: int) -> int:
        full, value = self._named(name)
        if not value:
            return default
        if not value.isdecimal():
            raise BadSetting(f"{full}={value!r} is not a whole number")
        return int(value)

    def seconds(self, name: str, default: str) -> float:
        full, value = self._named(name)
        try:
            seconds = durations.seconds(value or default)
        except ValueError as error:
            raise BadSetting(f"{full}: {error}") from error
        if seconds <= 0:
            raise BadSetting(f"{full}={value!r} must be longer than nothing")
        return seconds

    def size(self, name: str, default: int) -> int:
        full, value = self._named(name)
        match = _SIZE.fullmatch(value) if value else None
        if value and match is None:
            raise BadSetting(f"{full}={value!r} is not a size: write it as 10M or 64Mi")
        return int(match["number"]) * _UNITS[match["unit"]] if match else default

    def truth(self, name: str) -> bool:
        full, value = self._named(name)
        if value.lower() not in _TRUTH:
            raise BadSetting(f"{full}={value!r} is neither true nor false")
        return _TRUTH[value.lower()]

    def _named(self, name: str) -> tuple[str, str]:
        for full in (f"ARGOSY_{name}", f"ARGOCD_{name}"):
            if self._environment.get(full):
                return full, self._environment[full].strip()
        return f"ARGOSY_{name}", ""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m repo_server", description="Sources in, manifests out.")
    parser.add_argument("--listen", help="HOST:PORT on loopback (port 0: a free one), or unix:PATH")
    parser.add_argument("--token-file", help="file with the internal token that callers must send")
    parser.add_argument("--state", help="folder for mirrors; can be thrown away at any time")
    parser.add_argument("--allow-file-urls", action="store_true", help="read file:// repositories (for tests)")
    parser.add_argument(
        "--allow-unsandboxed-rendering", action="store_true", help="render where no worker can be shut in"
    )
    return parser


def _listen(text: str) -> Tcp | Unix:
    if text.startswith("unix:"):
        return Unix(path=Path(text.removeprefix("unix:")))
    host, _, port = text.rpartition(":")
    try:
        loopback = ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        loopback = host == "localhost"
    if not loopback or not port.isdecimal():
        raise BadSetting(f"--listen {text!r} must be HOST:PORT with a loopback address, or unix:PATH")
    return Tcp(host=host.strip("[]"), port=int(port))


def _token(path: str) -> str:
    if not path:
        raise BadSetting("--token-file (or ARGOSY_REPO_SERVER_TOKEN_FILE) must name the file with the internal token")
    return process.token_in(Path(path), named="--token-file (or ARGOSY_REPO_SERVER_TOKEN_FILE)")


def _default_state(environment: Mapping[str, str]) -> Path:
    home = environment.get("XDG_STATE_HOME") or f"{environment.get('HOME', '/var/lib')}/.local/state"
    return Path(home) / "argosy" / "repo-server"
