"""One mirror per repository: listed and fetched once for all who wait, and replaced when it cannot be read."""

import asyncio
from datetime import timedelta

import pytest

from repo_server.errors import Damaged, Refused
from repo_server.git.mirror import Mirror
from tests.repo_server.repositories import Forge, Reach

LISTING = "GET /demo/.git/info/refs"
FETCH = "POST /demo/.git/git-upload-pack"


async def test_a_hundred_who_wait_cause_one_listing_and_one_fetch(forge: Forge, reach: Reach):
    commit = forge.create().commit({"a": "a"})
    mirror = await reach.mirror(forge.address())
    found = await asyncio.gather(*(mirror.refs(fresh=False) for _ in range(100)))
    assert {refs.commits["HEAD"] for refs in found} == {commit}
    assert forge.count(LISTING) == 1
    await asyncio.gather(*(mirror.tree(commit) for _ in range(100)))
    assert forge.count(LISTING) == 2


async def test_2_59_a_listing_is_believed_for_the_interval(forge: Forge, reach: Reach):
    tree = forge.create()
    first = tree.commit({"a": "1"})
    mirror = await reach.mirror(forge.address())
    assert (await mirror.refs(fresh=False)).commits["HEAD"] == first
    second = tree.commit({"a": "2"})
    reach.clock.advance(timedelta(seconds=119))
    assert (await mirror.refs(fresh=False)).commits["HEAD"] == first
    reach.clock.advance(timedelta(seconds=2))
    assert (await mirror.refs(fresh=False)).commits["HEAD"] == second
    third = tree.commit({"a": "3"})
    assert (await mirror.refs(fresh=True)).commits["HEAD"] == third


async def test_a_commit_that_is_there_needs_no_network(forge: Forge, reach: Reach):
    commit = forge.create().commit({"a": "a"})
    mirror = await reach.mirror(forge.address())
    await mirror.tree(commit)
    asked = len(forge.requests)
    await mirror.tree(commit)
    assert len(forge.requests) == asked


async def test_a_commit_on_no_branch_is_fetched_by_its_id(forge: Forge, reach: Reach):
    tree = forge.create()
    tree.commit({"a": "main"})
    tree.git("checkout", "--quiet", "--detach")
    proposed = tree.commit({"a": "proposed"})
    tree.git("update-ref", "refs/pull/7/head", proposed)
    tree.git("checkout", "--quiet", "main")
    mirror = await reach.mirror(forge.address())
    assert proposed not in (await mirror.refs(fresh=True)).commits.values()
    assert await (await mirror.tree(proposed)).read(["a"], limit=100) == {"a": b"proposed"}


async def test_a_branch_that_was_rewritten_still_renders_the_commit_that_was_resolved(forge: Forge, reach: Reach):
    tree = forge.create()
    old = tree.commit({"a": "old"})
    mirror = await reach.mirror(forge.address())
    await mirror.tree(old)
    tree.git("commit", "--quiet", "--amend", "-m", "rewritten")
    await mirror.tree(tree.git("rev-parse", "HEAD"))
    assert await (await mirror.tree(old)).read(["a"], limit=100) == {"a": b"old"}


async def test_a_commit_that_the_remote_does_not_have_is_refused(forge: Forge, reach: Reach):
    forge.create().commit({})
    mirror = await reach.mirror(forge.address())
    with pytest.raises(Refused, match="does not hand out commit " + "0123456789" * 4) as refused:
        await mirror.tree("0123456789" * 4)
    assert refused.value.code == "revision_not_found"


async def test_a_repository_that_does_not_exist_is_told_from_a_host_that_does_not_answer(forge: Forge, reach: Reach):
    with pytest.raises(Refused) as refused:
        await (await reach.mirror(forge.address("nothing"))).refs(fresh=True)
    assert refused.value.code == "repository_not_found"
    with pytest.raises(Refused) as refused:
        await (await reach.mirror("http://127.0.0.1:9/demo.git")).refs(fresh=True)
    assert refused.value.code == "unavailable"
    with pytest.raises(Refused, match="host name is not known") as refused:
        await (await reach.mirror("http://nowhere.invalid/demo.git")).refs(fresh=True)
    assert refused.value.code == "unavailable"


async def test_two_identities_do_not_share_a_mirror(forge: Forge, reach: Reach):
    plain = await reach.mirror(forge.address())
    assert await reach.mirror(forge.address(), name="another name") is plain
    for entry in ({"password": "x"}, {"proxy": "http://127.0.0.1:9"}, {"ca_pem": "x"}, {"insecure": True}):
        assert await reach.mirror(forge.address(), **entry) is not plain


async def test_a_mirror_with_a_missing_object_is_damaged_and_its_successor_is_whole(forge: Forge, reach: Reach):
    commit = forge.create().commit({"folder/a": "a"})
    mirror = await reach.mirror(forge.address())
    await mirror.tree(commit)
    await mirror.rest()
    for pack in mirror.folder.glob("objects/pack/*.pack"):
        pack.chmod(0o600)
        pack.write_bytes(pack.read_bytes()[:-60] + bytes(60))
    with pytest.raises(Damaged):
        await _read(mirror, commit, "folder/a")
    await reach.mirrors.discard(mirror)
    successor = await reach.mirror(forge.address())
    assert successor is not mirror
    assert await _read(successor, commit, "folder/a") == b"a"


async def _read(mirror: Mirror, commit: str, path: str) -> bytes:
    return (await (await mirror.tree(commit)).read([path], limit=100))[path]


async def test_what_a_killed_git_leaves_behind_is_taken_away(forge: Forge, reach: Reach):
    commit = forge.create().commit({"a": "a"})
    folder = (await reach.mirror(forge.address())).folder
    (folder / "refs" / "heads").mkdir(parents=True)
    (folder / "refs" / "heads" / "main.lock").touch()
    (folder / "shallow.lock").touch()
    (folder / "objects" / "pack").mkdir(parents=True)
    (folder / "objects" / "pack" / "tmp_pack_x").write_bytes(b"half")
    await (await reach.mirror(forge.address())).tree(commit)
    assert [*folder.rglob("*.lock"), *folder.rglob("tmp_*")] == []


async def test_a_cancelled_reader_leaves_the_next_one_a_clean_conversation(forge: Forge, reach: Reach):
    commit = forge.create().commit({"big": "x" * 3_000_000, "small": "s"})
    tree = await (await reach.mirror(forge.address())).tree(commit)
    for _ in range(5):
        reading = asyncio.create_task(tree.read(["big"], limit=10_000_000))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading
        assert await tree.read(["small"], limit=100) == {"small": b"s"}


async def test_files_beyond_the_limit_are_not_read(forge: Forge, reach: Reach):
    commit = forge.create().commit({"a": "x" * 600, "b": "y" * 600})
    tree = await (await reach.mirror(forge.address())).tree(commit)
    with pytest.raises(Refused, match="1,200 bytes") as refused:
        await tree.read(["a", "b"], limit=1000)
    assert refused.value.code == "limit_exceeded"


async def test_a_shallow_mirror_holds_the_commit_and_not_its_history(forge: Forge, reach: Reach):
    tree = forge.create()
    first = tree.commit({"a": "1"})
    second = tree.commit({"a": "2"})
    mirror = await reach.mirror(forge.address(), depth=1)
    assert await (await mirror.tree(second)).read(["a"], limit=10) == {"a": b"2"}
    assert (mirror.folder / "shallow").read_text().strip() == second
    assert await (await mirror.tree(first)).read(["a"], limit=10) == {"a": b"1"}
