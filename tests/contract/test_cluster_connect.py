"""Connection settings, as kubeconfig and as Argo CD writes them; what is wrong is named, what is secret is not."""

import base64
import json

import pytest
import yaml

from argosy.gateways.kubernetes import connect, kubeconfig, settings, transport
from argosy.gateways.kubernetes.connection import (
    Anonymous,
    BasicAuth,
    BearerToken,
    ClientCertificate,
    Connection,
    ExecPlugin,
    TokenFile,
)
from argosy.gateways.kubernetes.errors import InvalidConnection

SERVER = "https://10.0.0.1:6443"


def encoded(text):
    return base64.b64encode(text.encode()).decode()


def write(folder, *, cluster=None, user=None, **document):
    path = folder / "config"
    base = {
        "current-context": "here",
        "contexts": [{"name": "here", "context": {"cluster": "c", "user": "u"}}],
        "clusters": [{"name": "c", "cluster": {"server": SERVER, **(cluster or {})}}],
        "users": [{"name": "u", "user": user or {}}],
    }
    path.write_text(yaml.safe_dump({**base, **document}))
    return path


USERS = [
    ({}, Anonymous()),
    ({"token": "t"}, BearerToken("t")),
    ({"username": "a", "password": "b"}, BasicAuth("a", "b")),
    (
        {"exec": {"command": "aws", "args": ["eks"], "env": [{"name": "A", "value": "b"}], "apiVersion": "v"}},
        ExecPlugin("aws", ("eks",), (("A", "b"),), "v"),
    ),
]


@pytest.mark.parametrize(("user", "identity"), USERS)
def test_a_kubeconfig_says_who_we_are(tmp_path, user, identity):
    assert kubeconfig.read(write(tmp_path, user=user)).identity == identity


def test_files_of_a_kubeconfig_are_beside_it(tmp_path):
    for name in ("ca", "cert", "key"):
        (tmp_path / name).write_text(name.upper())
    user = {"client-certificate": "cert", "client-key": "key", "tokenFile": "token"}
    read = kubeconfig.read(write(tmp_path, cluster={"certificate-authority": "ca"}, user=user))
    assert read.identity == TokenFile(str(tmp_path / "token"))
    assert read.certificate == ClientCertificate(b"CERT", b"KEY")
    assert read.ca == "CA"


def test_a_kubeconfig_says_how_to_reach_the_cluster(tmp_path):
    cluster = {
        "certificate-authority-data": encoded("CA"),
        "tls-server-name": "api",
        "proxy-url": "http://proxy",
        "disable-compression": True,
    }
    assert kubeconfig.read(write(tmp_path, cluster=cluster)) == Connection(
        SERVER, ca="CA", server_name="api", proxy="http://proxy", encoding="identity"
    )
    unverified = kubeconfig.read(write(tmp_path, cluster={"insecure-skip-tls-verify": True}))
    assert unverified.server_certificate == "unverified"


def test_another_context_can_be_named(tmp_path):
    contexts = [{"name": "there", "context": {"cluster": "c"}}]
    path = write(tmp_path, user={"token": "t"}, contexts=contexts)
    assert kubeconfig.read(path, context="there").identity == Anonymous()
    with pytest.raises(InvalidConnection, match="contexts has no entry named 'here'"):
        kubeconfig.read(path)


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ({"current-context": ""}, "current-context is empty"),
        ({"clusters": []}, "clusters has no entry named 'c'"),
        ({"users": []}, "users has no entry named 'u'"),
        ({"cluster": {"server": "ftp://x"}}, "not an http"),
        ({"cluster": {"certificate-authority-data": "%%%"}}, "certificate-authority-data is not base64"),
        ({"cluster": {"certificate-authority": "missing"}}, "certificate-authority missing cannot be read"),
        ({"user": {"client-certificate-data": encoded("x")}}, "one is missing"),
        ({"user": {"exec": {}, "auth-provider": {"name": "gcp"}}}, "auth-provider is not supported"),
        ({"user": {"exec": {"args": []}}}, "exec has no command"),
    ],
)
def test_what_is_wrong_in_a_kubeconfig_is_named(tmp_path, parts, message):
    with pytest.raises(InvalidConnection, match=message) as error:
        kubeconfig.read(write(tmp_path, **parts))
    assert str(tmp_path / "config") in str(error.value)


def test_a_kubeconfig_that_is_no_yaml_is_not_quoted(tmp_path):
    path = tmp_path / "config"
    path.write_text("users:\n- token: hunter2: x\n")
    with pytest.raises(InvalidConnection, match="line 2: not YAML") as error:
        connect.from_kubeconfig(path)
    assert "hunter2" not in str(error.value)
    assert error.value.__suppress_context__
    with pytest.raises(InvalidConnection, match="No such file"):
        connect.from_kubeconfig(tmp_path / "missing")


def test_the_environments_kubeconfig_is_not_asked(tmp_path, monkeypatch):
    monkeypatch.setenv("KUBECONFIG", str(write(tmp_path)))
    with pytest.raises(InvalidConnection):
        connect.from_kubeconfig(tmp_path / "other")


SETTINGS = [
    ({}, Connection(SERVER)),
    ({"bearerToken": "t"}, Connection(SERVER, identity=BearerToken("t"))),
    ({"username": "a", "password": "b"}, Connection(SERVER, identity=BasicAuth("a", "b"))),
    (
        {"tlsClientConfig": {"caData": encoded("CA"), "serverName": "api"}, "proxyUrl": "http://p"},
        Connection(SERVER, ca="CA", server_name="api", proxy="http://p"),
    ),
    (
        {"tlsClientConfig": {"certData": encoded("C"), "keyData": encoded("K"), "insecure": True}},
        Connection(SERVER, certificate=ClientCertificate(b"C", b"K"), server_certificate="unverified"),
    ),
    (
        {"execProviderConfig": {"command": "x", "args": ["a"], "env": {"E": "1"}, "installHint": "get it"}},
        Connection(
            SERVER,
            identity=ExecPlugin("x", ("a",), (("E", "1"),), "client.authentication.k8s.io/v1beta1", "get it"),
        ),
    ),
    ({"disableCompression": True, "somethingNew": 1}, Connection(SERVER, encoding="identity")),
]


@pytest.mark.parametrize(("config", "expected"), SETTINGS)
def test_a_cluster_secret_says_the_same(config, expected):
    assert settings.read(SERVER + "/", config) == expected


def test_a_plugin_is_told_of_the_cluster_if_it_is_to_be():
    config = {
        "execProviderConfig": {"command": "x", "provideClusterInfo": True, "config": {"audience": "a"}},
        "tlsClientConfig": {"caData": encoded("CA"), "serverName": "api"},
        "proxyUrl": "http://p",
    }
    identity = settings.read(SERVER, config).identity
    assert isinstance(identity, ExecPlugin)
    assert json.loads(identity.cluster_info) == {
        "server": SERVER,
        "tls-server-name": "api",
        "certificate-authority-data": encoded("CA"),
        "proxy-url": "http://p",
        "config": {"audience": "a"},
    }


def test_amazons_clusters_get_their_token_from_amazons_command_line():
    config = {"awsAuthConfig": {"clusterName": "c", "roleARN": "r", "profile": "p"}}
    identity = settings.read(SERVER, config).identity
    assert isinstance(identity, ExecPlugin)
    assert " ".join(identity.args) == "eks get-token --output json --cluster-name c --role-arn r --profile p"


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({"bearerToken": 5}, r"config: .*\$\.bearerToken"),
        ({"tlsClientConfig": {"caData": "hunter2!"}}, "tlsClientConfig.caData is not base64"),
        ({"tlsClientConfig": {"caData": encoded("x"), "insecure": True}}, "caData has no meaning with insecure"),
        ({"tlsClientConfig": {"keyData": encoded("hunter2")}}, "certData and keyData belong together"),
        ({"execProviderConfig": {"args": []}}, "command"),
    ],
)
def test_what_is_wrong_in_a_cluster_secret_is_named_and_not_shown(config, message):
    with pytest.raises(InvalidConnection, match=message) as error:
        connect.from_settings(SERVER, config)
    assert SERVER in str(error.value)
    assert "hunter2" not in str(error.value)


async def test_certificates_that_cannot_be_used_are_refused_before_anything_is_sent():
    for tls in ({"caData": encoded("no certificate")}, {"certData": encoded("x"), "keyData": encoded("hunter2")}):
        cluster = connect.from_settings(SERVER, {"tlsClientConfig": tls})
        with pytest.raises(InvalidConnection, match="check caData, certData and keyData"):
            await cluster.raw_get("/readyz")
        assert cluster.requests.total() == 0


async def test_a_proxy_of_another_kind_is_refused():
    cluster = connect.from_settings(SERVER, {"proxyUrl": "socks5://proxy"})
    with pytest.raises(InvalidConnection, match="only http and https proxies"):
        await cluster.raw_get("/readyz")


def test_a_process_outside_a_pod_has_no_cluster_of_its_own(monkeypatch):
    monkeypatch.delenv("KUBERNETES_SERVICE_HOST", raising=False)
    with pytest.raises(InvalidConnection, match="does not run in a pod"):
        connect.in_cluster()


def test_no_credential_is_in_a_repr():
    secret = "hunter2"
    for identity in (BearerToken(secret), BasicAuth("a", secret), ExecPlugin("x", (secret,), (("A", secret),))):
        certificate = ClientCertificate(b"C", secret.encode())
        shown = repr(Connection(SERVER, identity=identity, certificate=certificate, proxy=f"http://a:{secret}@p"))
        assert secret not in shown


@pytest.mark.parametrize(
    ("server", "proxy"),
    [("https://10.0.0.1", "http://proxy:1"), ("https://127.0.0.1:1", ""), ("https://localhost", "")],
)
def test_the_environments_proxy_is_used_for_other_machines_only(monkeypatch, server, proxy):
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("https_proxy", "http://proxy:1")
    assert transport.request_options(Connection(server)).get("proxy", "") == proxy
    own = Connection(server, proxy="http://own")
    assert transport.request_options(own)["proxy"] == "http://own"
