"""The tokens that providers have lent: bought once for all who wait, kept until five minutes before they end.

Comes in: an `Access` whose credential git may not be able to use. Goes out: one whose credential it can. Called by
`git.command` before every command. Tokens are in memory only.
"""

from collections.abc import Hashable
from dataclasses import replace
from datetime import datetime, timedelta

from argosy.gateways.clock import Clock
from repo_server.git.access import Access
from repo_server.git.credentials import AzurePrincipal, AzureWorkload, GitHubApp, GoogleAccount, Tradable
from repo_server.git.providers import azure, github, google
from repo_server.git.providers.azure import WorkloadIdentity
from repo_server.git.providers.exchange import Exchange
from repo_server.git.providers.lent import Lent
from repo_server.recent import Recent
from repo_server.shared_call import SharedCall
from repo_server.web.trust import Trust

_BEFORE_THE_END = timedelta(minutes=5)
_MOST_KEPT = 1000


class _Purse:
    """The token of one identity."""

    def __init__(self, buy: "SharedCall[Lent]") -> None:
        self.buy = buy
        self.lent: Lent | None = None


class Tokens:
    """All tokens; `seconds` bounds each question to a provider."""

    def __init__(self, *, clock: Clock, seconds: float, workload: WorkloadIdentity) -> None:
        self._clock = clock
        self._seconds = seconds
        self._workload = workload
        self._trust = Trust()
        self._purses: Recent[Hashable, _Purse] = Recent(most=_MOST_KEPT)

    async def equip(self, access: Access) -> Access:
        """Return the access with a credential that git can use. Raises `Refused`."""
        match access.credential:
            case GitHubApp() | GoogleAccount() | AzureWorkload() | AzurePrincipal() as tradable:
                return replace(access, lent=(await self._lent(tradable, access)).credential)
            case _:
                return access

    def forget(self, access: Access) -> None:
        """Keep the token of this identity no longer: the repository did not take it."""
        self._purses.drop(_identity(replace(access, lent=None)))

    async def _lent(self, tradable: Tradable, access: Access) -> Lent:
        purse = self._purses.of(_identity(access), lambda: _Purse(SharedCall(lambda: self._buy(tradable, access))))
        if purse.lent is None or purse.lent.until - _BEFORE_THE_END <= self._clock.now():
            purse.lent = await purse.buy.join()
        return purse.lent

    async def _buy(self, tradable: Tradable, access: Access) -> Lent:
        exchange = Exchange(access, trust=self._trust, seconds=self._seconds)
        now: datetime = self._clock.now()
        match tradable:
            case GitHubApp():
                return await github.buy(tradable, exchange, now=now)
            case GoogleAccount():
                return await google.buy(tradable, exchange, now=now)
            case AzurePrincipal():
                return await azure.buy_as_principal(tradable, exchange, now=now)
            case AzureWorkload():
                return await azure.buy_as_workload(self._workload, exchange, now=now)


def _identity(access: Access) -> Hashable:
    """Who asks, and by which way: what one was told by a proxy of its own is not given to another."""
    entry = access.repository
    return access.credential, access.address.host, entry.proxy, entry.no_proxy, entry.ca_pem, entry.insecure
