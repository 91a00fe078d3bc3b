"""Run a credential plugin once, as Kubernetes' own clients do, and read the `ExecCredential` that it prints.

Called by `credentials`. The plugin sees the environment without Argosy's own settings; one that hangs, or prints
without end, is killed with all that it started.
"""

import asyncio
import os
import signal
from collections.abc import Mapping
from contextlib import suppress

import msgspec
import orjson
from msgspec import Struct, field

from argosy.gateways.kubernetes.connection import ExecPlugin
from argosy.gateways.kubernetes.errors import InvalidConnection, Unauthorized

_WITHIN_SECONDS = 30.0
_PIPES_CLOSE_WITHIN_SECONDS = 1.0
_MOST_BYTES = 1024 * 1024
_WORDS = 300
_OURS = ("ARGOSY_", "ARGOCD_")


class Status(Struct, frozen=True, rename="camel"):
    """What a plugin gives: a token, a client certificate with its key, or both, and until when they are good."""

    token: str | None = None
    client_certificate_data: str | None = None
    client_key_data: str | None = None
    expiration_timestamp: str | None = None


class _Credential(Struct, frozen=True, rename="camel"):
    api_version: str
    kind: str
    status: Status = field(default_factory=Status)


async def run(plugin: ExecPlugin) -> Status:
    """Return what the plugin gives. Raises `Unauthorized` if it fails, `InvalidConnection` if it cannot run."""
    try:
        process = await asyncio.create_subprocess_exec(
            plugin.command,
            *plugin.args,
            env=_environment(plugin),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            start_new_session=True,
        )
    except OSError as error:
        hint = f"; {plugin.install_hint.strip()}" if plugin.install_hint else ""
        raise InvalidConnection(f"credential plugin {plugin.command} cannot run: {error.strerror}{hint}") from error
    try:
        async with asyncio.timeout(_WITHIN_SECONDS):
            printed, complained = await asyncio.gather(_read(process.stdout), _read(process.stderr))
            code = await process.wait()
    except TimeoutError as error:
        raise Unauthorized(f"credential plugin {plugin.command} gave no answer in {_WITHIN_SECONDS:.0f} s") from error
    finally:
        await _end(process)
    if code != 0:
        words = complained.decode(errors="replace").strip()[:_WORDS]
        raise Unauthorized(f"credential plugin {plugin.command} failed: it ended with {code}. {words}".rstrip())
    return _status(printed, plugin)


async def _read(stream: asyncio.StreamReader | None) -> bytes:
    assert stream is not None
    text = bytearray()
    while len(text) < _MOST_BYTES and (part := await stream.read(_MOST_BYTES)):
        text += part
    return bytes(text)


async def _end(process: asyncio.subprocess.Process) -> None:
    """Kill what is left of the plugin and of what it started; it is over when its pipes are empty."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    # Somebody who left the group may still hold the pipes: that is not waited for.
    with suppress(TimeoutError):
        async with asyncio.timeout(_PIPES_CLOSE_WITHIN_SECONDS):
            for stream in (process.stdout, process.stderr):
                while stream is not None and await stream.read(_MOST_BYTES):
                    pass
            await process.wait()


def _environment(plugin: ExecPlugin) -> Mapping[str, str]:
    """Return the environment of the plugin: ours, which may name databases and keys, is not its business."""
    spec: dict[str, object] = {"interactive": False}
    if plugin.cluster_info:
        spec["cluster"] = orjson.Fragment(plugin.cluster_info)
    told = {"apiVersion": plugin.api_version, "kind": "ExecCredential", "spec": spec}
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
    return {**inherited, **dict(plugin.env), "KUBERNETES_EXEC_INFO": orjson.dumps(told).decode()}


def _status(printed: bytes, plugin: ExecPlugin) -> Status:
    """Read what was printed. The reader's own words may quote it, and it holds a token: they are not shown."""
    try:
        credential = msgspec.json.decode(printed, type=_Credential)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise Unauthorized(f"credential plugin {plugin.command} failed: it printed no ExecCredential") from None
    if credential.kind != "ExecCredential" or credential.api_version != plugin.api_version:
        raise Unauthorized(
            f"credential plugin {plugin.command} failed: it printed {credential.kind} {credential.api_version}, "
            f"not ExecCredential {plugin.api_version}"
        )
    return credential.status
