"""Access to a repository is verified with whichever credential its entry holds, and a wrong one is found out."""

import contextlib
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from argosy.engine.model.repository import Repository
from argosy.wire.repo_server import VerifyRequest
from repo_server.errors import Refused
from tests.repo_server import ssh_server
from tests.repo_server.kitchen import Kitchen
from tests.repo_server.remote import certificates, provider_shop, test_providers
from tests.repo_server.repositories import Forge
from tools.gitserver import GitServer, Login

KINDS = ("password", "ssh key", "client certificate", "GitHub App", "Google", "Azure")


@dataclass(frozen=True)
class Place:
    """A repository's URL, what opens it, and what of that is put wrong."""

    url: str
    entry: dict[str, Any]
    wrong: dict[str, Any]


@contextlib.asynccontextmanager
async def place(kind: str, forge: Forge, folder: Path) -> AsyncGenerator[Place]:
    """Serve the forge so that this kind of credential opens it and no other."""
    async with contextlib.AsyncExitStack() as stack:
        match kind:
            case "password":
                login = Login(user="ada", password="right")
                server = stack.enter_context(GitServer(root=forge.root, login=login))
                entry = {"username": "ada", "password": "right"}
                yield Place(f"{server.url}/demo/.git", entry, {"password": "wrong"})
            case "ssh key":
                ssh = await stack.enter_async_context(ssh_server.serving(forge.root))
                entry = {"ssh_private_key": ssh.private_key, "known_hosts": ssh.known_hosts}
                yield Place(ssh.address(), entry, {"ssh_private_key": ssh_server.private_key()})
            case "client certificate":
                own, client, other = (certificates.authority() for _ in range(3))
                tls = certificates.context(folder, own, clients=client.certificate)
                server = stack.enter_context(GitServer(root=forge.root, tls=tls))
                entry = {
                    "ca_pem": own.certificate,
                    "tls_client_cert_data": client.certificate,
                    "tls_client_cert_key": client.key,
                }
                wrong = {"tls_client_cert_data": other.certificate, "tls_client_cert_key": other.key}
                yield Place(f"{server.url}/demo/.git", entry, wrong)
            case _:
                shop = await stack.enter_async_context(provider_shop.open_shop())
                yield _lending(kind, shop, forge, stack)


def _lending(kind: str, shop: provider_shop.Shop, forge: Forge, stack: contextlib.AsyncExitStack) -> Place:
    """Serve the forge so that the first token that the shop lends opens it."""
    if kind == "Azure":
        server = GitServer(root=forge.root, login=None)
        stack.enter_context(server)
        wrong: dict[str, Any] = {"azure_service_principal_client_secret": "wrong"}
        return Place(f"{server.url}/demo/.git", test_providers.azure(shop), wrong)
    user = "x-access-token" if kind == "GitHub App" else "robot@example.org"
    server = stack.enter_context(GitServer(root=forge.root, login=Login(user=user, password="CANARY-TOKEN-1")))
    if kind == "GitHub App":
        wrong = {"github_app_private_key": certificates.rsa_key()}
        return Place(f"{server.url}/demo/.git", test_providers.github(shop), wrong)
    wrong = test_providers.google(shop, private_key=certificates.rsa_key())
    return Place(f"{server.url}/demo/.git", test_providers.google(shop), wrong)


@pytest.mark.parametrize("kind", KINDS)
async def test_access_is_verified_with_every_kind_of_credential(kitchen: Kitchen, tmp_path: Path, kind: str):
    kitchen.forge.create().commit({})
    async with place(kind, kitchen.forge, tmp_path) as reached:
        await kitchen.service.verify(VerifyRequest(repository=Repository(url=reached.url, **reached.entry)))
        wrong = Repository(url=reached.url, **{**reached.entry, **reached.wrong})
        with pytest.raises(Refused) as refused:
            await kitchen.service.verify(VerifyRequest(repository=wrong))
    # A server that ends the connection over a certificate may do so before its reason has arrived.
    codes = {"access_denied", "unavailable"} if kind == "client certificate" else {"access_denied"}
    assert refused.value.code in codes, refused.value.message
