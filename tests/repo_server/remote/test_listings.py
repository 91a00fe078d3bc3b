"""One listing of branches and tags for everybody, a look elsewhere only for who asks, and an end to every listing."""

import asyncio
import io
import itertools
import subprocess
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from argosy.gateways.tools.port import Tools
from repo_server.errors import Refused
from repo_server.git import packets, refs
from repo_server.git.mirror import Mirror
from repo_server.git.process import Pipes
from tests.repo_server.remote import front, packet_server
from tests.repo_server.remote.packet_server import ID
from tests.repo_server.repositories import Forge, Reach, WorkTree
from tools.gitserver import GitServer


def proposing(tree: WorkTree, number: int) -> str:
    """Make a pull request's ref and return its commit."""
    tree.git("checkout", "--quiet", "--detach")
    commit = tree.commit({"a": str(number)})
    tree.git("update-ref", f"refs/pull/{number}/head", commit)
    tree.git("checkout", "--quiet", "main")
    return commit


async def meaning(mirror: Mirror, revision: str, tools: Tools, *, fresh: bool = False) -> str:
    return await mirror.resolve(revision, tag_prefix="", tools=tools, fresh=fresh)


async def test_a_listing_is_two_requests_and_holds_no_pull_requests(forge: Forge, reach: Reach):
    tree = forge.create()
    commit = tree.commit({})
    tree.git("tag", "-a", "-m", "words", "v1")
    proposing(tree, 7)
    listed = await (await reach.mirror(forge.address())).refs(fresh=True)
    assert listed.commits == {"HEAD": commit, "refs/heads/main": commit, "refs/tags/v1": commit}
    assert listed.annotated == {"refs/tags/v1": tree.git("rev-parse", "v1")}
    assert listed.symbolic == {"HEAD": "refs/heads/main"}
    assert len(forge.requests) == 2


@pytest.mark.parametrize("revision", ["refs/pull/7/head", "pull/7/head"])
async def test_2_54_another_ref_is_looked_up_when_it_is_asked_for(
    forge: Forge, reach: Reach, tools: Tools, revision: str
):
    tree = forge.create()
    tree.commit({})
    proposed, _ = proposing(tree, 7), proposing(tree, 70)
    mirror = await reach.mirror(forge.address())
    assert set(await asyncio.gather(*(meaning(mirror, revision, tools) for _ in range(20)))) == {proposed}
    assert len(forge.requests) == 4
    newer = proposing(tree, 7)
    assert await meaning(mirror, revision, tools) == proposed
    assert len(forge.requests) == 4
    assert await meaning(mirror, revision, tools, fresh=True) == newer
    newest = proposing(tree, 7)
    reach.clock.advance(timedelta(seconds=121))
    assert await meaning(mirror, revision, tools) == newest


async def test_a_name_that_can_only_be_a_branchs_or_a_tags_is_looked_up_nowhere_else(
    forge: Forge, reach: Reach, tools: Tools
):
    forge.create().commit({})
    mirror = await reach.mirror(forge.address())
    with pytest.raises(Refused) as refused:
        await meaning(mirror, "nothing", tools, fresh=True)
    assert refused.value.code == "revision_not_found"
    assert len(forge.requests) == 2


@pytest.mark.parametrize("revision", ["refs/pull/9/head", "pull/9/head", "../../x", "refs/heads/*", "refs/../x"])
async def test_s_158_a_name_that_is_nowhere_is_refused(forge: Forge, reach: Reach, tools: Tools, revision: str):
    forge.create().commit({})
    with pytest.raises(Refused, match="unable to resolve") as refused:
        await meaning(await reach.mirror(forge.address()), revision, tools)
    assert refused.value.code == "revision_not_found"


async def test_s_158_a_branch_named_like_a_commit_is_found_by_its_full_name_only(
    forge: Forge, reach: Reach, tools: Tools
):
    tree = forge.create()
    commit = tree.commit({})
    tree.git("update-ref", "refs/heads/" + "a" * 40, commit)
    mirror = await reach.mirror(forge.address())
    assert await meaning(mirror, "a" * 40, tools) == "a" * 40
    assert await meaning(mirror, "refs/heads/" + "a" * 40, tools) == commit


async def test_s_158_of_a_branch_and_a_tag_of_one_name_the_branch_is_meant(forge: Forge, reach: Reach, tools: Tools):
    tree = forge.create()
    tagged = tree.commit({})
    tree.git("tag", "both")
    branch = tree.commit({})
    tree.git("branch", "both")
    mirror = await reach.mirror(forge.address())
    assert await meaning(mirror, "both", tools) == branch
    assert await meaning(mirror, "refs/heads/both", tools) == branch
    assert await meaning(mirror, "refs/tags/both", tools) == tagged


async def test_a_server_of_the_old_protocol_is_listed_whole(forge: Forge, reach: Reach, tools: Tools):
    tree = forge.create()
    commit = tree.commit({"a": "a"})
    proposed = proposing(tree, 7)
    async with front.standing_before(forge.url, without="git-protocol") as old:
        mirror = await reach.mirror(old.address())
        listed = await mirror.refs(fresh=True)
        assert (listed.commits["HEAD"], listed.symbolic["HEAD"], listed.whole) == (commit, "refs/heads/main", True)
        assert await meaning(mirror, "refs/pull/7/head", tools) == proposed
        assert await (await mirror.tree(commit)).read(["a"], limit=10) == {"a": b"a"}


async def test_a_plain_file_server_is_listed_too(forge: Forge, reach: Reach):
    tree = forge.create()
    commit = tree.commit({"a": "a"})
    tree.git("update-server-info")
    with GitServer(root=forge.root, static=forge.root) as server:
        mirror = await reach.mirror(f"{server.url}/charts/demo/.git")
        assert (await mirror.refs(fresh=True)).commits["refs/heads/main"] == commit
        assert await (await mirror.tree(commit)).read(["a"], limit=10) == {"a": b"a"}


async def test_b_53_a_listing_without_end_is_ended(reach: Reach):
    endless = (f"{ID} refs/heads/{number}-{'x' * 4000}\n" for number in itertools.count())
    async with packet_server.listing(endless) as url:
        with pytest.raises(Refused, match="limit") as refused:
            await (await reach.mirror(url)).refs(fresh=True)
    assert (refused.value.code, url in refused.value.message) == ("limit_exceeded", True)


def test_b_53_a_million_refs_are_too_many():
    million = b"".join(b"%s\trefs/tags/%d\n" % (ID.encode(), number) for number in range(1_000_000))
    with pytest.raises(Refused, match="more refs than the limit of 500,000") as refused:
        refs.parse(million)
    assert refused.value.code == "limit_exceeded"


async def test_b_53_a_symbolic_ref_that_leads_to_itself_ends(reach: Reach, tools: Tools):
    loop = [f"{ID} refs/heads/a symref-target:refs/heads/b\n", f"{ID} refs/heads/b symref-target:refs/heads/a\n"]
    async with packet_server.listing(loop) as url:
        assert await meaning(await reach.mirror(url), "a", tools) == ID


async def test_s_158_names_that_git_would_not_take_are_not_there(reach: Reach):
    bad = ["refs/heads/../../x", "refs/heads/a..b", "refs/heads/.a", "refs/heads/a.lock", "refs/heads/a~1", "x", ""]
    lines = [f"{ID} {name}\n" for name in (*bad, "refs/heads/a\x1b[31m", "refs/heads/good")]
    async with packet_server.listing([*lines, "short refs/heads/x\n"]) as url:
        assert dict((await (await reach.mirror(url)).refs(fresh=True)).commits) == {"refs/heads/good": ID}


async def test_a_complaint_in_place_of_refs_is_told(reach: Reach):
    async with packet_server.listing(["ERR access denied or repository not exported: /demo.git"]) as url:
        with pytest.raises(Refused, match="access denied or repository not exported") as refused:
            await (await reach.mirror(url)).refs(fresh=True)
    assert refused.value.code == "access_denied"


def test_what_counts_as_a_sound_name_is_what_git_says():
    names = ["refs/heads/a", "refs/heads/a/b", "refs/heads/a.b", "refs/heads/ä", "refs/heads/a.", "refs/heads/a@{b"]
    names += ["refs/heads/a//b", "refs/heads/a b", "refs/heads/-a", "refs/heads/a^", "refs/heads/@", "refs/heads/a/"]
    for name in names:
        taken = subprocess.run(["git", "check-ref-format", name], check=False).returncode == 0
        listed = refs.parse(f"{ID}\t{name}\n".encode()).commits
        assert (name in listed) == taken, name


@given(st.binary())
def test_no_answer_of_a_helper_breaks_the_talk(answer: bytes):
    talk = packets.ls_refs(["HEAD"], limit=1000)
    try:
        output = talk(Pipes(io.BytesIO(), io.BytesIO(answer)))
    except Refused:
        return
    refs.parse(output)


@given(st.lists(st.binary(max_size=50)))
def test_no_packet_breaks_the_listing(content: list[bytes]):
    body = b"\n" + packet_server.packet("version 2\n") + b"0000"
    body += b"".join(b"%04x" % (len(item) + 4) + item for item in content) + b"0000"
    output = packets.ls_refs(["HEAD"], limit=100_000)(Pipes(io.BytesIO(), io.BytesIO(body)))
    refs.parse(output)


async def test_a_repository_with_ids_of_another_kind_is_refused_by_name(forge: Forge, reach: Reach):
    folder = forge.root / "demo"
    folder.mkdir()
    tree = WorkTree(folder)
    tree.git("init", "--quiet", "--initial-branch=main", "--object-format=sha256")
    commit = tree.commit({"a": "a"})
    mirror = await reach.mirror(forge.address())
    assert (await mirror.refs(fresh=True)).commits["HEAD"] == commit
    with pytest.raises(Refused, match="names its objects by SHA-256") as refused:
        await mirror.tree(commit)
    assert refused.value.code == "invalid"
