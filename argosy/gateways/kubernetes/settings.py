"""Read Argo CD's cluster `config` JSON, a key of a cluster Secret, into a `Connection`. Called by `connect`."""

from collections.abc import Mapping
from typing import Any

import msgspec
import orjson
from msgspec import Struct

from argosy.gateways.kubernetes.connection import (
    Anonymous,
    BasicAuth,
    BearerToken,
    ClientCertificate,
    Connection,
    ExecPlugin,
    Identity,
    decode_base64,
)
from argosy.gateways.kubernetes.errors import InvalidConnection


class _Tls(Struct, frozen=True, rename="camel"):
    insecure: bool = False
    server_name: str = ""
    ca_data: str = ""
    cert_data: str = ""
    key_data: str = ""


class _Exec(Struct, frozen=True, rename="camel"):
    command: str
    args: tuple[str, ...] | None = ()
    env: Mapping[str, str] | None = msgspec.field(default_factory=dict[str, str])
    api_version: str = "client.authentication.k8s.io/v1beta1"
    install_hint: str = ""
    provide_cluster_info: bool = False
    config: Any = None


class _Aws(Struct, frozen=True, rename={"cluster_name": "clusterName", "role_arn": "roleARN", "profile": "profile"}):
    cluster_name: str
    role_arn: str = ""
    profile: str = ""


class _Config(Struct, frozen=True, rename="camel"):
    username: str = ""
    password: str = ""
    bearer_token: str = ""
    tls_client_config: _Tls = _Tls()
    exec_provider_config: _Exec | None = None
    aws_auth_config: _Aws | None = None
    proxy_url: str = ""
    disable_compression: bool = False


def read(server: str, config: Mapping[str, Any]) -> Connection:
    """Return how to reach the cluster at `server`.

    Raises `InvalidConnection` naming the field of the config, never its value.
    """
    if not server.startswith(("https://", "http://")):
        raise InvalidConnection(f"cluster {server}: server is not an http(s) address")
    try:
        parsed = msgspec.convert(config, _Config)
    except msgspec.ValidationError as error:
        raise InvalidConnection(f"cluster {server}: config: {error}") from error
    tls = parsed.tls_client_config
    if tls.insecure and tls.ca_data:
        raise InvalidConnection(f"cluster {server}: tlsClientConfig: caData has no meaning with insecure: remove one")
    return Connection(
        server.rstrip("/"),
        identity=_identity(server, parsed),
        certificate=_certificate(server, tls),
        ca=decode_base64(tls.ca_data, f"cluster {server}: tlsClientConfig.caData").decode(errors="replace"),
        server_certificate="unverified" if tls.insecure else "verified",
        server_name=tls.server_name,
        proxy=parsed.proxy_url,
        encoding="identity" if parsed.disable_compression else "gzip",
    )


def _identity(server: str, config: _Config) -> Identity:
    if config.aws_auth_config:
        return _aws(config.aws_auth_config)
    if config.exec_provider_config:
        plugin = config.exec_provider_config
        env = tuple((plugin.env or {}).items())
        told = _told(server, config) if plugin.provide_cluster_info else ""
        return ExecPlugin(plugin.command, tuple(plugin.args or ()), env, plugin.api_version, plugin.install_hint, told)
    if config.bearer_token:
        return BearerToken(config.bearer_token)
    if config.username:
        return BasicAuth(config.username, config.password)
    return Anonymous()


def _told(server: str, config: _Config) -> str:
    """Return what a plugin is told of the cluster: `spec.cluster` of Kubernetes' ExecCredential."""
    tls, plugin = config.tls_client_config, config.exec_provider_config
    told = {
        "server": server,
        "tls-server-name": tls.server_name,
        "insecure-skip-tls-verify": tls.insecure,
        "certificate-authority-data": tls.ca_data,
        "proxy-url": config.proxy_url,
        "disable-compression": config.disable_compression,
        "config": plugin.config if plugin is not None else None,
    }
    return orjson.dumps({name: value for name, value in told.items() if value}).decode()


def _aws(config: _Aws) -> ExecPlugin:
    """Argo CD runs its own `argocd-k8s-auth aws`; the same token comes from Amazon's command line."""
    args = ["eks", "get-token", "--output", "json", "--cluster-name", config.cluster_name]
    if config.role_arn:
        args += ["--role-arn", config.role_arn]
    if config.profile:
        args += ["--profile", config.profile]
    return ExecPlugin(
        "aws",
        tuple(args),
        api_version="client.authentication.k8s.io/v1beta1",
        install_hint="awsAuthConfig needs the AWS command line in PATH",
    )


def _certificate(server: str, tls: _Tls) -> ClientCertificate | None:
    if not tls.cert_data and not tls.key_data:
        return None
    if not (tls.cert_data and tls.key_data):
        raise InvalidConnection(f"cluster {server}: tlsClientConfig: certData and keyData belong together")
    return ClientCertificate(
        decode_base64(tls.cert_data, f"cluster {server}: tlsClientConfig.certData"),
        decode_base64(tls.key_data, f"cluster {server}: tlsClientConfig.keyData"),
    )
