"""Mirrors over a network whose patience, limits and identity the test chooses."""

import contextlib
from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from pathlib import Path

from argosy.gateways.clock import ManualClock
from repo_server.git.command import Network
from repo_server.git.hosts import Hosts
from repo_server.git.mirrors import Mirrors
from repo_server.git.patience import Patience
from repo_server.git.process import Limits
from repo_server.git.providers.azure import WorkloadIdentity
from repo_server.git.providers.tokens import Tokens
from repo_server.git.tickets import TicketOffice
from tests.repo_server.repositories import Reach

START = datetime(2026, 1, 2, tzinfo=UTC)


@contextlib.asynccontextmanager
async def reaching(
    folder: Path,
    office: TicketOffice,
    *,
    patience: Patience = Patience(),  # noqa: B008  a frozen value
    limits: Limits = Limits(),  # noqa: B008  a frozen value
    listings: int = 0,
    workload: WorkloadIdentity = WorkloadIdentity(),  # noqa: B008  a frozen value
) -> AsyncGenerator[Reach]:
    """Yield mirrors in a folder."""
    clock = ManualClock(START)
    network = Network(
        office,
        clock=clock,
        tokens=Tokens(clock=clock, seconds=15, workload=workload),
        hosts=Hosts(clock=clock, listings=listings),
        request_seconds=15,
        transfer_seconds=60,
        patience=patience,
        limits=limits,
    )
    schemes = ("https", "http", "ssh", "git+ssh")
    mirrors = Mirrors(folder, network=network, clock=clock, schemes=schemes, refs_seconds=120)
    mirrors.open()
    try:
        yield Reach(mirrors, clock, network, folder)
    finally:
        await mirrors.close()
        network.close()
