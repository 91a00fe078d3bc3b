"""What a remote sends without end is ended, and leaves nothing behind."""

import itertools
from pathlib import Path

import pytest

from repo_server.errors import Refused
from repo_server.git.process import Limits
from repo_server.git.tickets import TicketOffice
from tests.repo_server.remote import packet_server
from tests.repo_server.remote.networks import reaching
from tests.repo_server.remote.packet_server import ID

SMALL = Limits(memory=64 * 1024**2, file=4 * 1024**2)


async def test_s_159_a_pack_without_end_is_ended_and_leaves_nothing_on_disk(office: TicketOffice, tmp_path: Path):
    pack = packet_server.endless_pack()
    async with reaching(tmp_path / "m", office, limits=SMALL) as reach:
        async with packet_server.listing([f"{ID} refs/heads/main\n"], pack=pack) as url:
            mirror = await reach.mirror(url)
            with pytest.raises(Refused, match="ARGOSY_GIT_FILE_LIMIT") as refused:
                await mirror.tree(ID)
        assert (refused.value.code, url in refused.value.message) == ("limit_exceeded", True)
        assert sum(path.stat().st_size for path in mirror.folder.rglob("*") if path.is_file()) < 100_000


async def test_s_158_capabilities_without_end_are_ended(office: TicketOffice, tmp_path: Path):
    endless = itertools.chain(packet_server.CAPABILITIES, (f"c{n}={'x' * 10_000}\n" for n in itertools.count()))
    async with reaching(tmp_path / "m", office, limits=SMALL) as reach:
        async with packet_server.listing([], capabilities=endless) as url:
            with pytest.raises(Refused, match="ARGOSY_GIT_MEMORY_LIMIT") as refused:
                await (await reach.mirror(url)).refs(fresh=True)
        assert (refused.value.code, url in refused.value.message) == ("limit_exceeded", True)
