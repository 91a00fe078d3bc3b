"""S-159: what a hostile remote sends is not taken, leaves nothing behind, and the next honest answer is."""

import re
from collections.abc import Iterator

import pytest

from repo_server.errors import Damaged, Refused
from tests.corpus.git.packs import PACKS, Pack, honest
from tests.repo_server.remote import packet_server
from tests.repo_server.remote.packet_server import packet
from tests.repo_server.repositories import Forge, Reach


class Sent:
    """The answer to every fetch, as packets; the test changes what it holds."""

    def __init__(self, pack: bytes) -> None:
        self.pack = pack

    def __iter__(self) -> Iterator[bytes]:
        yield packet("packfile\n")
        for start in range(0, len(self.pack), 60_000):
            some = self.pack[start : start + 60_000]
            yield b"%04x\x01" % (len(some) + 5) + some
        yield packet_server.FLUSH


@pytest.mark.parametrize("hostile", [pytest.param(pack, id=pack.name) for pack in PACKS])
async def test_s_159_a_hostile_pack_is_not_taken_and_the_next_honest_one_is(forge: Forge, reach: Reach, hostile: Pack):
    tree = forge.create()
    commit = tree.commit({"a": "a", "below/b": "b" * 1000})
    good = honest(tree, commit)
    sent = Sent(hostile.make(good))
    async with packet_server.listing([f"{commit} HEAD\n", f"{commit} refs/heads/main\n"], pack=sent) as url:
        mirror = await reach.mirror(url)
        with pytest.raises((Refused, Damaged)) as refused:
            await mirror.tree(commit)
        assert getattr(refused.value, "code", "damaged") in hostile.codes
        assert re.search(hostile.says, str(refused.value))
        assert list((mirror.folder / "objects" / "pack").glob("tmp_*")) == []
        if isinstance(refused.value, Damaged):
            await reach.mirrors.discard(mirror)
        sent.pack = good
        mirror = await reach.mirror(url)
        assert await (await mirror.tree(commit)).read(["a"], limit=10) == {"a": b"a"}
