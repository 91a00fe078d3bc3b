"""Azure: a service principal's secret, or the identity of our own pod, buys a token for Azure DevOps (OAuth 2.0).

https://learn.microsoft.com/en-us/entra/identity-platform/v2-oauth2-client-creds-grant-flow
"""

import fnmatch
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import quote

from repo_server.errors import Refused
from repo_server.git.credentials import AzurePrincipal, Bearer
from repo_server.git.providers.exchange import Exchange, Question, number, text
from repo_server.git.providers.lent import Lent

# The resource "Azure DevOps", the same in every tenant.
_SCOPE = "499b84ac-1321-427f-aa17-267ca6975798/.default"
_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_PRINCIPAL = (
    "azureServicePrincipalClientId, azureServicePrincipalClientSecret, azureServicePrincipalTenantId or "
    "azureActiveDirectoryEndpoint"
)
_WORKLOAD = "useAzureWorkloadIdentity"


@dataclass(frozen=True, kw_only=True)
class WorkloadIdentity:
    """What Azure's webhook tells a pod of its identity (`AZURE_...`); `hosts`, globs, may be told the token for it."""

    authority: str = ""
    tenant: str = ""
    client: str = ""
    token_file: str = ""
    hosts: Sequence[str] = ("dev.azure.com", "*.visualstudio.com")


async def buy_as_principal(principal: AzurePrincipal, exchange: Exchange, *, now: datetime) -> Lent:
    """Return the service principal's token. Raises `Refused`."""
    if not principal.tenant:
        raise _refused(exchange, "azureServicePrincipalTenantId in its entry is empty; set it")
    form = {"client_id": principal.client, "client_secret": principal.secret}
    place = _place(principal.endpoint, principal.tenant)
    return await _buy(Question(url=place, correct=_PRINCIPAL, form=form, secrets=(principal.secret,)), exchange, now)


async def buy_as_workload(identity: WorkloadIdentity, exchange: Exchange, *, now: datetime) -> Lent:
    """Return the token of this server's own pod. Raises `Refused`.

    Nobody gave the entry's writer this identity, so its token goes to the hosts of Azure DevOps only.
    """
    address = exchange.access.address
    if address.scheme != "https" or not any(fnmatch.fnmatchcase(address.host, glob) for glob in identity.hosts):
        told = ", ".join(identity.hosts)
        raise _refused(exchange, f"the repo server's own identity in Azure is told over https to {told} only")
    if not (identity.tenant and identity.client and identity.token_file):
        raise _refused(
            exchange,
            "useAzureWorkloadIdentity is set, but the repo server's pod has no identity in Azure (AZURE_CLIENT_ID, "
            "AZURE_TENANT_ID and AZURE_FEDERATED_TOKEN_FILE); label its service account",
        )
    proof = _proof(identity, exchange)
    form = {"client_id": identity.client, "client_assertion_type": _ASSERTION, "client_assertion": proof}
    place = _place(identity.authority or "https://login.microsoftonline.com", identity.tenant)
    return await _buy(Question(url=place, correct=_WORKLOAD, form=form, secrets=(proof,)), exchange, now)


def _proof(identity: WorkloadIdentity, exchange: Exchange) -> str:
    """Read what the cluster says of our pod; it is renewed on disk every hour, so it is read each time."""
    try:
        return Path(identity.token_file).read_text(encoding="utf-8").strip()
    except (OSError, ValueError) as error:
        raise _refused(exchange, f"AZURE_FEDERATED_TOKEN_FILE cannot be read ({type(error).__name__})") from error


async def _buy(question: Question, exchange: Exchange, now: datetime) -> Lent:
    form: Mapping[str, str] = {"grant_type": "client_credentials", "scope": _SCOPE, **(question.form or {})}
    question = Question(url=question.url, correct=question.correct, form=form, secrets=question.secrets)
    body = await exchange.ask(question)
    if not (token := text(body, "access_token")):
        raise exchange.refused(question, "answered without a token")
    return Lent(credential=Bearer(token=token), until=now + timedelta(seconds=number(body, "expires_in")))


def _place(authority: str, tenant: str) -> str:
    return f"{authority.rstrip('/')}/{quote(tenant, safe='')}/oauth2/v2.0/token"


def _refused(exchange: Exchange, because: str) -> Refused:
    return Refused("access_denied", f"repository {exchange.access.address.url}: {because}")
