"""GitHub Apps, Google service accounts and Azure identities open a repository by a token that is bought for it."""

import base64
import json
import os
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from datetime import timedelta
from pathlib import Path

import pytest

from repo_server.errors import Refused
from repo_server.git.providers.azure import WorkloadIdentity
from repo_server.git.tickets import TicketOffice
from tests.repo_server.remote import certificates, front, provider_shop
from tests.repo_server.remote.front import Answer, Front
from tests.repo_server.remote.networks import reaching
from tests.repo_server.remote.provider_shop import APP, CLIENT, INSTALLATION, SECRET, TENANT, Shop
from tests.repo_server.repositories import Forge, Reach
from tests.repo_server.test_credentials import SPY
from tools.gitserver import GitServer

Entry = Mapping[str, str | bool | int]


@pytest.fixture
async def shop() -> AsyncIterator[Shop]:
    async with provider_shop.open_shop() as opened:
        yield opened


@pytest.fixture
async def gate(forge: Forge) -> AsyncIterator[Front]:
    """The forge, with a note of what was told to it."""
    async with front.standing_before(forge.url) as standing:
        yield standing


def github(shop: Shop, **fields: str | int) -> dict[str, str | bool | int]:
    return {
        "github_app_id": APP,
        "github_app_installation_id": INSTALLATION,
        "github_app_private_key": shop.key,
        "github_app_enterprise_base_url": f"{shop.url}/api/v3/",
        **fields,
    }


def google(shop: Shop, **fields: str) -> dict[str, str | bool | int]:
    return {"gcp_service_account_key": json.dumps({**json.loads(shop.google_key), **fields})}


def azure(shop: Shop, **fields: str) -> dict[str, str | bool | int]:
    return {
        "azure_service_principal_client_id": CLIENT,
        "azure_service_principal_client_secret": SECRET,
        "azure_service_principal_tenant_id": TENANT,
        "azure_active_directory_endpoint": f"{shop.url}/",
        **fields,
    }


def basic(username: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{username}:{password}".encode()).decode()


async def listed(reach: Reach, url: str, entry: Entry) -> str:
    return (await (await reach.mirror(url, **entry)).refs(fresh=True)).commits["HEAD"]


async def refusal(reach: Reach, url: str, entry: Entry) -> Refused:
    with pytest.raises(Refused) as refused:
        await listed(reach, url, entry)
    assert "CANARY" not in refused.value.message
    assert "PRIVATE KEY" not in refused.value.message
    return refused.value


async def test_2_72_a_github_app_signs_in_with_the_token_of_its_installation(
    forge: Forge, gate: Front, shop: Shop, reach: Reach
):
    commit = forge.create("team/app").commit({"a": "a"})
    mirror = await reach.mirror(gate.address("team/app"), **github(shop))
    assert (await mirror.refs(fresh=True)).commits["HEAD"] == commit
    assert await (await mirror.tree(commit)).read(["a"], limit=10) == {"a": b"a"}
    assert {told for _, told in gate.seen} == {basic("x-access-token", "CANARY-TOKEN-1")}
    assert shop.asked == [f"/api/v3/app/installations/{INSTALLATION}/access_tokens"]


@pytest.mark.parametrize("kind", ["orgs", "users"])
async def test_2_71_an_installation_that_is_not_named_is_found_by_the_owner(
    forge: Forge, gate: Front, shop: Shop, reach: Reach, kind: str
):
    commit = forge.create("team/app").commit({})
    shop.installed = {f"/{kind}/team": INSTALLATION}
    assert await listed(reach, gate.address("team/app"), github(shop, github_app_installation_id=0)) == commit


async def test_an_app_that_is_installed_nowhere_is_said_to_be(forge: Forge, gate: Front, shop: Shop, reach: Reach):
    forge.create("other/app").commit({})
    refused = await refusal(reach, gate.address("other/app"), github(shop, github_app_installation_id=0))
    assert refused.code == "access_denied"
    assert "GitHub App 17 is not installed for 'other'" in refused.message
    assert gate.seen == []


async def test_2_72_a_google_service_account_signs_in_with_its_token(
    forge: Forge, gate: Front, shop: Shop, reach: Reach
):
    commit = forge.create().commit({})
    assert await listed(reach, gate.address(), google(shop)) == commit
    assert {told for _, told in gate.seen} == {basic("robot@example.org", "CANARY-TOKEN-1")}


async def test_2_72_an_azure_service_principal_signs_in_with_its_token(
    forge: Forge, gate: Front, shop: Shop, reach: Reach
):
    commit = forge.create().commit({})
    assert await listed(reach, gate.address(), azure(shop)) == commit
    assert {told for _, told in gate.seen} == {"Bearer CANARY-TOKEN-1"}


async def test_2_72_the_pods_own_identity_signs_in_to_azure(forge: Forge, office: TicketOffice, tmp_path: Path):
    commit = forge.create().commit({})
    served = certificates.authority()
    tls = certificates.context(tmp_path, served)
    (tmp_path / "proof").write_text("proof-of-the-pod\n")
    with GitServer(root=forge.root, tls=tls) as server:
        async with provider_shop.open_shop(tls=tls) as shop:
            workload = WorkloadIdentity(
                authority=shop.url,
                tenant=TENANT,
                client=CLIENT,
                token_file=str(tmp_path / "proof"),
                hosts=("127.0.0.*",),
            )
            entry = {"use_azure_workload_identity": True, "ca_pem": served.certificate}
            async with reaching(tmp_path / "m", office, workload=workload) as reach:
                assert await listed(reach, f"{server.url}/demo/.git", entry) == commit
            assert shop.asked == [f"/{TENANT}/oauth2/v2.0/token"]


async def test_the_pods_own_identity_is_told_to_azure_devops_only(shop: Shop, office: TicketOffice, tmp_path: Path):
    (tmp_path / "proof").write_text("proof-of-the-pod")
    workload = WorkloadIdentity(authority=shop.url, tenant=TENANT, client=CLIENT, token_file=str(tmp_path / "proof"))
    async with reaching(tmp_path / "m", office, workload=workload) as reach:
        for url in ("https://127.0.0.1:9/app", "https://dev.azure.com.example.org/app", "http://dev.azure.com/app"):
            refused = await refusal(reach, url, {"use_azure_workload_identity": True})
            assert "dev.azure.com, *.visualstudio.com only" in refused.message
    assert shop.asked == []


async def test_a_pod_without_an_identity_says_what_it_lacks(reach: Reach):
    refused = await refusal(reach, "https://dev.azure.com/team/app", {"use_azure_workload_identity": True})
    assert refused.code == "access_denied"
    assert "AZURE_FEDERATED_TOKEN_FILE" in refused.message


async def test_a_token_is_bought_once_for_all_and_again_five_minutes_before_its_end(
    forge: Forge, gate: Front, shop: Shop, reach: Reach
):
    for name in ("team/one", "team/two"):
        forge.create(name).commit({})
        await listed(reach, gate.address(name), github(shop))
    reach.clock.advance(timedelta(minutes=54, seconds=59))
    shop.now = reach.clock.now()
    await listed(reach, gate.address("team/one"), github(shop))
    assert len(shop.asked) == 1
    reach.clock.advance(timedelta(seconds=1))
    shop.now = reach.clock.now()
    await listed(reach, gate.address("team/one"), github(shop))
    assert len(shop.asked) == 2
    assert gate.seen[-1][1] == basic("x-access-token", "CANARY-TOKEN-2")


async def test_a_token_that_the_repository_does_not_take_is_not_kept(
    forge: Forge, gate: Front, shop: Shop, reach: Reach
):
    commit = forge.create().commit({})
    gate.script.append(Answer(401, {"WWW-Authenticate": "Basic"}))
    assert "refused the credentials" in (await refusal(reach, gate.address(), google(shop))).message
    assert await listed(reach, gate.address(), google(shop)) == commit
    assert len(shop.asked) == 2


WRONG: list[tuple[Callable[..., Entry], dict[str, str | int], str]] = [
    (github, {"github_app_private_key": certificates.rsa_key()}, "correct githubAppID, githubAppInstallationID"),
    (github, {"github_app_private_key": "CANARY"}, "githubAppPrivateKey in its entry is no RSA private key"),
    (github, {"github_app_id": 18}, "A JSON web token could not be decoded"),
    (github, {"github_app_installation_id": 1}, "does not exist (Not Found); correct githubAppID"),
    (google, {"private_key": certificates.rsa_key()}, "Bad signature); correct gcpServiceAccountKey"),
    (google, {"private_key": "CANARY"}, "its private_key is no RSA private key"),
    (google, {"type": "authorized_user"}, "only 'service_account' keys are taken"),
    (google, {"token_uri": ""}, "it has no token_uri"),
    (google, {"token_uri": "ftp://CANARY:x@example.org/"}, "is not an https URL; correct gcpServiceAccountKey"),
    (azure, {"azure_service_principal_client_secret": "CANARY"}, "Invalid client secret: ***)"),
    (azure, {"azure_service_principal_tenant_id": "../x"}, "AADSTS900144); correct azureServicePrincipal"),
    (azure, {"azure_service_principal_tenant_id": ""}, "azureServicePrincipalTenantId in its entry is empty"),
]


@pytest.mark.parametrize("wrong", WRONG)
async def test_a_refusal_names_what_to_correct_and_no_secret(
    gate: Front, shop: Shop, reach: Reach, wrong: tuple[Callable[..., Entry], dict[str, str | int], str]
):
    make, fields, says = wrong
    refused = await refusal(reach, gate.address(), make(shop, **fields))
    assert (refused.code, says in refused.message) == ("access_denied", True), refused.message
    assert gate.seen == []


async def test_a_key_that_is_not_json_is_refused(reach: Reach):
    refused = await refusal(reach, "http://127.0.0.1:9/app", {"gcp_service_account_key": "CANARY"})
    assert "gcpServiceAccountKey in its entry cannot be used: it is not JSON" in refused.message


async def test_an_answer_that_is_too_large_is_none(gate: Front, shop: Shop, reach: Reach):
    shop.padding = 3_000_000
    refused = await refusal(reach, gate.address(), azure(shop))
    assert "answered without a token" in refused.message


async def test_s_070_no_process_sees_a_lent_token(
    forge: Forge, shop: Shop, reach: Reach, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    git = next(str(path) for folder in os.get_exec_path() if (path := Path(folder, "git")).exists())
    record, spy = tmp_path / "record", tmp_path / "spy" / "git"
    spy.parent.mkdir()
    spy.write_text(SPY.format(python=sys.executable, record=str(record), git=git))
    spy.chmod(0o755)
    commit = forge.create().commit({"a": "a"})
    monkeypatch.setenv("PATH", f"{spy.parent}:{os.environ['PATH']}")
    for entry in (github(shop), google(shop), azure(shop)):
        await (await reach.mirror(forge.address(), **entry)).tree(commit)
    assert record.read_text().count("fetch") >= 3
    assert "CANARY" not in record.read_text()
    assert "PRIVATE KEY" not in record.read_text()


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_a_provider_that_stumbles_is_unavailable(gate: Front, shop: Shop, reach: Reach, status: int):
    shop.status = status
    refused = await refusal(reach, gate.address(), azure(shop))
    assert refused.code == "unavailable"
    assert f"answered with status {status} (no: *** proof-of-the-pod)" in refused.message


async def test_a_provider_that_is_not_there_is_unavailable(reach: Reach):
    entry = azure(Shop(), azure_active_directory_endpoint="http://127.0.0.1:9")
    refused = await refusal(reach, "http://127.0.0.1:9/app", entry)
    assert refused.code == "unavailable"
    assert "could not be reached" in refused.message


async def test_a_provider_cannot_send_us_elsewhere(gate: Front, shop: Shop, reach: Reach):
    gate.script.append(Answer(307, {"Location": f"{shop.url}/{TENANT}/oauth2/v2.0/token"}, on="oauth2"))
    refused = await refusal(reach, gate.address(), azure(shop, azure_active_directory_endpoint=gate.url))
    assert "status 307" in refused.message
    assert shop.asked == []


async def test_over_tls_the_entrys_authority_vouches_for_the_provider_too(forge: Forge, reach: Reach, tmp_path: Path):
    commit = forge.create("team/app").commit({})
    served = certificates.authority()
    tls = certificates.context(tmp_path, served)
    with GitServer(root=forge.root, tls=tls) as server:
        url = f"{server.url}/team/app/.git"
        async with provider_shop.open_shop(tls=tls) as shop:
            assert await listed(reach, url, github(shop) | {"ca_pem": served.certificate}) == commit
            for trust in ({}, {"ca_pem": certificates.authority().certificate}):
                refused = await refusal(reach, url, github(shop) | trust)
                assert (refused.code, "argocd-tls-certs-cm" in refused.message) == ("access_denied", True)
            # The enterprise server is the repository's own host: whoever trusts that blindly trusts it here too.
            assert await listed(reach, url, github(shop) | {"insecure": True}) == commit


async def test_insecure_is_for_the_repositorys_own_host_only(reach: Reach, tmp_path: Path):
    tls = certificates.context(tmp_path, certificates.authority())
    async with provider_shop.open_shop(tls=tls) as shop:
        entry = azure(shop, azure_active_directory_endpoint=shop.url.replace("127.0.0.1", "localhost"))
        refused = await refusal(reach, "https://127.0.0.1:9/app", entry | {"insecure": True})
        assert "argocd-tls-certs-cm" in refused.message
        assert shop.asked == []


async def test_a_secret_goes_out_without_tls_only_where_the_repository_is_read_without(shop: Shop, reach: Reach):
    refused = await refusal(reach, "https://127.0.0.1:9/app", azure(shop))
    assert "is not an https URL" in refused.message
    assert shop.asked == []


async def test_the_provider_is_reached_by_the_entrys_proxy(forge: Forge, gate: Front, shop: Shop, reach: Reach):
    commit = forge.create().commit({})
    entry = azure(shop) | {"proxy": gate.url}
    # The gate stands in for the proxy: it is asked for the whole URL.
    gate.behind = ""
    assert await listed(reach, forge.address(), entry) == commit
    assert shop.asked == [f"/{TENANT}/oauth2/v2.0/token"]
    assert {path.split("/")[2] for path, _ in gate.seen} == {shop.url.split("/")[2], forge.url.split("/")[2]}
    before = len(gate.seen)
    exempt = azure(shop) | {"proxy": gate.url, "no_proxy": "127.0.0.1"}
    assert await listed(reach, forge.address(), exempt) == commit
    assert len(gate.seen) == before
