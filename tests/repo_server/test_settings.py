"""The settings are read once, Argosy's names before Argo CD's, and a bad one stops the start with its name."""

from pathlib import Path

import pytest

from repo_server import settings
from repo_server.cache.failures import Pause
from repo_server.git.patience import Patience
from repo_server.git.process import Limits as GitLimits
from repo_server.git.providers.azure import WorkloadIdentity
from repo_server.settings import BadSetting, Tcp, Unix

TOKEN = "0123456789abcdef" * 2


@pytest.fixture
def token(tmp_path: Path) -> list[str]:
    (tmp_path / "token").write_text(f"{TOKEN}\n")
    return ["--token-file", str(tmp_path / "token")]


def test_defaults(token: list[str]):
    read = settings.read(token, {"HOME": "/home/ada"})
    assert read.listen == Tcp(host="127.0.0.1", port=8081)
    assert read.token == TOKEN
    assert read.state == Path("/home/ada/.local/state/argosy/repo-server")
    assert (read.request_seconds, read.transfer_seconds, read.directory_bytes) == (15, 90, 10 * 1024 * 1024)
    assert TOKEN not in repr(read)


@pytest.mark.parametrize(
    ("environment", "name", "value"),
    [
        ({"ARGOCD_EXEC_TIMEOUT": "2m30s"}, "transfer_seconds", 150),
        ({"ARGOCD_EXEC_TIMEOUT": "2m", "ARGOSY_EXEC_TIMEOUT": "1m"}, "transfer_seconds", 60),
        ({"ARGOCD_RECONCILIATION_TIMEOUT": "180s"}, "refs_seconds", 180),
        ({"ARGOCD_REPO_SERVER_PARALLELISM_LIMIT": "5"}, "parallel", 5),
        ({"ARGOCD_REPO_SERVER_MAX_COMBINED_DIRECTORY_MANIFESTS_SIZE": "20M"}, "directory_bytes", 20_000_000),
        ({"ARGOSY_REPO_SERVER_ALLOW_FILE_URLS": "true"}, "file_urls", True),
        ({"ARGOSY_TOOL_WORKER": "/opt/worker"}, "tool_worker", Path("/opt/worker")),
    ],
)
def test_the_environment(token: list[str], environment: dict[str, str], name: str, value: object):
    assert getattr(settings.read(token, environment), name) == value


@pytest.mark.parametrize(
    ("environment", "verified"),
    [
        ({}, True),
        ({"ARGOCD_GPG_ENABLED": "false"}, False),
        ({"ARGOCD_GPG_ENABLED": "No"}, False),
        ({"ARGOSY_GPG_ENABLED": "FALSE", "ARGOCD_GPG_ENABLED": "true"}, False),
        ({"ARGOSY_GPG_ENABLED": "true", "ARGOCD_GPG_ENABLED": "false"}, True),
        ({"ARGOCD_GPG_ENABLED": "0"}, True),
        ({"ARGOCD_GPG_ENABLED": "off"}, True),
    ],
)
def test_2_78_only_a_plain_no_switches_signatures_off_as_in_argo_cd(
    token: list[str], environment: dict[str, str], verified: bool
):
    assert settings.read(token, environment).signatures is verified


def test_2_68_how_git_is_used_has_argo_cds_defaults_and_names(token: list[str]):
    read = settings.read(token, {}).git
    assert read.patience == Patience(attempts=1, first=0.25, factor=2, longest=5)
    assert (read.listings, read.limits) == (0, GitLimits())
    told = {
        "ARGOCD_GIT_ATTEMPTS_COUNT": "3",
        "ARGOCD_GIT_RETRY_DURATION": "500ms",
        "ARGOCD_GIT_RETRY_FACTOR": "3",
        "ARGOCD_GIT_RETRY_MAX_DURATION": "10s",
        "ARGOCD_GIT_LS_REMOTE_PARALLELISM_LIMIT": "4",
        "ARGOSY_GIT_MEMORY_LIMIT": "1Gi",
        "ARGOSY_GIT_FILE_LIMIT": "2Gi",
    }
    read = settings.read(token, told).git
    assert read.patience == Patience(attempts=3, first=0.5, factor=3, longest=10)
    assert (read.listings, read.limits) == (4, GitLimits(memory=1024**3, file=2 * 1024**3))
    assert settings.read(token, {"ARGOCD_GIT_ATTEMPTS_COUNT": "0"}).git.patience.attempts == 1


def test_2_60_pauses_have_argo_cds_defaults_and_names(token: list[str]):
    assert settings.read(token, {}).pause == Pause(after=3, seconds=3600, requests=0)
    told = {
        "ARGOCD_PAUSE_GEN_AFTER_FAILED_ATTEMPTS": "5",
        "ARGOCD_PAUSE_GEN_MINUTES": "2",
        "ARGOCD_PAUSE_GEN_REQUESTS": "7",
    }
    assert settings.read(token, told).pause == Pause(after=5, seconds=120, requests=7)


def test_2_59_renders_are_kept_for_as_long_as_argo_cd_keeps_them(token: list[str]):
    assert settings.read(token, {}).lifetime_seconds == 24 * 3600
    assert settings.read(token, {"ARGOCD_REPO_CACHE_EXPIRATION": "1h"}).lifetime_seconds == 3600


def test_the_pods_identity_is_read_as_azures_webhook_writes_it(token: list[str]):
    told = {
        "AZURE_AUTHORITY_HOST": "https://login.example.org/",
        "AZURE_TENANT_ID": "tenant",
        "AZURE_CLIENT_ID": "client",
        "AZURE_FEDERATED_TOKEN_FILE": "/var/run/secrets/token",
        "ARGOSY_AZURE_WORKLOAD_IDENTITY_HOSTS": "devops.example.org, *.example.com",
    }
    assert settings.read(token, told).git.workload == WorkloadIdentity(
        authority="https://login.example.org/",
        tenant="tenant",
        client="client",
        token_file="/var/run/secrets/token",
        hosts=("devops.example.org", "*.example.com"),
    )
    assert settings.read(token, {}).git.workload == WorkloadIdentity()


@pytest.mark.parametrize(
    ("text", "listen"),
    [
        ("127.0.0.1:0", Tcp(host="127.0.0.1", port=0)),
        ("[::1]:8081", Tcp(host="::1", port=8081)),
        ("localhost:8081", Tcp(host="localhost", port=8081)),
        ("unix:/run/argosy/s", Unix(path=Path("/run/argosy/s"))),
    ],
)
def test_where_to_listen(token: list[str], text: str, listen: Tcp | Unix):
    assert settings.read([*token, "--listen", text], {}).listen == listen


@pytest.mark.parametrize(
    ("arguments", "environment", "named"),
    [
        (["--listen", "0.0.0.0:80"], {}, "--listen"),
        (["--listen", "example.org:80"], {}, "--listen"),
        (["--listen", "8081"], {}, "--listen"),
        (["--token-file", "/nonexistent"], {}, "/nonexistent"),
        ([], {"ARGOCD_EXEC_TIMEOUT": "soon"}, "ARGOCD_EXEC_TIMEOUT"),
        ([], {"ARGOSY_EXEC_TIMEOUT": "0"}, "ARGOSY_EXEC_TIMEOUT"),
        ([], {"ARGOSY_REPO_SERVER_WORKERS": "-1"}, "ARGOSY_REPO_SERVER_WORKERS"),
        ([], {"ARGOSY_REPO_SERVER_CACHE_SIZE": "many"}, "ARGOSY_REPO_SERVER_CACHE_SIZE"),
        ([], {"ARGOSY_REPO_SERVER_ALLOW_FILE_URLS": "maybe"}, "ARGOSY_REPO_SERVER_ALLOW_FILE_URLS"),
    ],
)
def test_a_bad_setting_is_named(token: list[str], arguments: list[str], environment: dict[str, str], named: str):
    with pytest.raises(BadSetting, match=named):
        settings.read([*token, *arguments], environment)


def test_there_is_no_start_without_a_token(tmp_path: Path):
    with pytest.raises(BadSetting, match="--token-file"):
        settings.read([], {})
    for content, because in ((TOKEN[1:].encode(), "fewer than 32 characters"), (b"\xff" * 40, "it is no text")):
        (tmp_path / "bad").write_bytes(content)
        with pytest.raises(BadSetting, match=because):
            settings.read([], {"ARGOSY_REPO_SERVER_TOKEN_FILE": str(tmp_path / "bad")})
