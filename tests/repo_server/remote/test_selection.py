"""2.72: which credential of an entry is used."""

from typing import Any

import pytest

from argosy.engine.model.repository import Repository
from repo_server.git import credentials
from repo_server.git.access import Access
from repo_server.git.address import parse
from repo_server.git.credentials import (
    Anonymous,
    AzurePrincipal,
    AzureWorkload,
    Bearer,
    GitHubApp,
    GoogleAccount,
    Key,
    Password,
)

HTTPS = "https://git.example.org/Team/app"
SSH = "git@git.example.org:Team/app"
EVERYTHING: dict[str, Any] = {
    "username": "ada",
    "password": "CANARY-1",
    "bearer_token": "CANARY-2",
    "ssh_private_key": "CANARY-3",
    "github_app_id": 7,
    "github_app_private_key": "CANARY-4",
    "gcp_service_account_key": "CANARY-5",
    "use_azure_workload_identity": True,
    "azure_service_principal_client_id": "client",
    "azure_service_principal_client_secret": "CANARY-6",
    "azure_service_principal_tenant_id": "tenant",
}


def access(url: str, **fields: Any) -> Access:
    schemes = ("https", "ssh", "git+ssh", "file")
    return Access(address=parse(url, schemes=schemes), repository=Repository(url=url, **fields))


def test_2_72_the_first_of_them_in_argo_cds_order_is_used():
    left = dict(EVERYTHING)
    for taken, gone in (
        (Password(username="ada", password="CANARY-1"), ["password"]),
        (Bearer(token="CANARY-2"), ["bearer_token"]),
        (
            GitHubApp(app=7, installation=0, owner="Team", api="https://api.github.com", private_key="CANARY-4"),
            ["github_app_private_key"],
        ),
        (GoogleAccount(key="CANARY-5"), ["gcp_service_account_key"]),
        (AzureWorkload(), ["use_azure_workload_identity"]),
        (
            AzurePrincipal(
                endpoint="https://login.microsoftonline.com", tenant="tenant", client="client", secret="CANARY-6"
            ),
            ["azure_service_principal_client_id"],
        ),
        (Password(username="ada", password=""), ["username"]),
        (Anonymous(), []),
    ):
        assert access(HTTPS, **left).credential == taken
        for name in gone:
            del left[name]


@pytest.mark.parametrize("url", [SSH, "ssh://git@git.example.org/app", "git+ssh://git@git.example.org/app"])
def test_2_72_over_ssh_only_a_key_can_be_used(url: str):
    assert access(url, **EVERYTHING).credential == Key(pem="CANARY-3")
    assert access(url, **{**EVERYTHING, "ssh_private_key": ""}).credential == Anonymous()


def test_2_72_a_key_cannot_be_used_over_https():
    assert access(HTTPS, ssh_private_key="CANARY-3").credential == Anonymous()


def test_a_folder_is_told_nothing():
    assert access("file:///srv/app", **EVERYTHING).credential == Anonymous()


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"password": "p"}, Password(username="x-access-token", password="p")),
        (
            {"password": "p", "force_http_basic_auth": True},
            Password(username="x-access-token", password="p", unasked=True),
        ),
        ({"username": "ada", "bearer_token": "t"}, Bearer(token="t")),
        ({"github_app_id": 7}, Anonymous()),
        ({"azure_service_principal_client_id": "c"}, Anonymous()),
    ],
)
def test_2_71_what_is_missing_is_filled_in_or_the_credential_passed_over(fields: dict[str, Any], expected: object):
    assert access(HTTPS, **fields).credential == expected


def test_2_71_an_enterprise_server_and_another_cloud_are_asked_where_the_entry_says():
    app = access(
        HTTPS,
        github_app_id=7,
        github_app_installation_id=8,
        github_app_private_key="k",
        github_app_enterprise_base_url="https://ghe.example.org/api/v3/",
    ).credential
    assert app == GitHubApp(app=7, installation=8, owner="", api="https://ghe.example.org/api/v3", private_key="k")
    principal = access(
        HTTPS,
        azure_service_principal_client_id="c",
        azure_service_principal_client_secret="s",
        azure_active_directory_endpoint="https://login.partner.example.org/",
    ).credential
    assert isinstance(principal, AzurePrincipal)
    assert principal.endpoint == "https://login.partner.example.org"


def test_no_credential_shows_in_its_own_words_and_all_are_known_as_secrets():
    left = dict(EVERYTHING)
    for name in EVERYTHING:
        reached = access(SSH if "ssh" in name else HTTPS, **left)
        assert "CANARY" not in repr(reached)
        assert "CANARY" not in repr(reached.credential)
        assert set(credentials.secrets(reached.credential)) <= set(reached.secrets())
        del left[name]
