"""One bare mirror per repository and identity: listed, fetched and read by all applications together.

Comes in: an `Access`. Goes out: the commit that a revision means, and the `Tree` of a commit. What is on disk can be
thrown away at any time; a mirror that cannot be read raises `Damaged`, and `git.mirrors` replaces it.
"""

import asyncio
import contextlib
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from argosy.gateways.clock import Clock
from argosy.gateways.tools.port import Tools
from repo_server.errors import Damaged, Refused
from repo_server.git import refetch, resolve, upkeep
from repo_server.git.access import Access
from repo_server.git.address import ssh_place
from repo_server.git.command import Network
from repo_server.git.failures import Finished
from repo_server.git.listings import USUAL, Listings, Look
from repo_server.git.objects import Objects
from repo_server.git.refs import Refs
from repo_server.shared_call import SharedCall
from repo_server.tree import Tree

_TIDIED_AFTER_FETCHES = 8
_EVERYTHING = ("+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*")


@dataclass(frozen=True, kw_only=True)
class NamedTag:
    """An annotated tag: its short name, and the id of the tag object."""

    name: str
    identity: str


class Mirror:
    """The mirror in one folder; `refs_seconds` is for how long a listing of the remote's refs is believed."""

    def __init__(self, folder: Path, *, access: Access, network: Network, clock: Clock, refs_seconds: float) -> None:
        self.folder = folder
        self.access = access
        self._network = network
        self._clock = clock
        self._refs_seconds = refs_seconds
        self._objects = Objects(folder)
        self._listings = Listings(self._list, clock=clock)
        self._fetching = SharedCall(self._fetch_all)
        self._preparing = asyncio.Lock()
        self._writing = asyncio.Lock()
        self._fetching_one = asyncio.Lock()
        self._prepared = False
        self._whole = False
        self._untidied = 0  # fetches
        self._tidied: date | None = None

    async def refs(self, *, fresh: bool, believe: float | None = None) -> Refs:
        """Return what the remote has: as listed within the interval, or (`fresh`) from after this call began.

        `believe` replaces the interval, in seconds.
        """
        return await self._listings.usual(believe=self._believed(believe, fresh=fresh))

    async def resolve(
        self, revision: str, *, tag_prefix: str, tools: Tools, fresh: bool, believe: float | None = None
    ) -> str:
        """Return the full commit id that a revision means. Raises `Refused`."""
        if (literal := resolve.literal(revision)) is not None:
            return literal.commit
        seconds = self._believed(believe, fresh=fresh)
        try:
            return await self._commit_of(revision, seconds, tag_prefix=tag_prefix, tools=tools)
        except Refused as refused:
            # The branch may be newer than the listing that was believed: a failure must not outlive its cause.
            if fresh or refused.code != "revision_not_found":
                raise
            return await self._commit_of(revision, None, tag_prefix=tag_prefix, tools=tools)

    async def tree(self, commit: str) -> Tree:
        """Return the files of a commit, fetched if they are not here yet. Raises `Refused` or `Damaged`."""
        await self._demand(commit)
        return Tree(
            store=self._objects,
            root=await self._objects.root(commit),
            name=f"{self.access.address.url} at {commit[:7]}",
        )

    async def commit(self, commit: str) -> bytes:
        """Return the text of a commit."""
        await self._demand(commit)
        (text,) = await self._objects.texts([commit])
        return text

    async def texts(self, identities: Sequence[str]) -> list[bytes]:
        """Return the texts of commits and tags that are here, in order. Raises `Damaged` if one is not."""
        return await self._objects.texts(identities)

    async def tag(self, revision: str, commit: str, *, tag_prefix: str, tools: Tools) -> NamedTag | None:
        """Return the annotated tag by which a revision named this commit, fetched; None if it was named otherwise."""
        await self._demand(commit)
        if resolve.literal(revision) is not None:
            return None
        refs = await self.refs(fresh=False)
        try:
            meaning = await resolve.meaning(revision, refs, tools=tools, tag_prefix=tag_prefix)
        except Refused:
            # What the name meant when it was resolved is no longer there: the commit stands for itself.
            return None
        if not isinstance(meaning, resolve.AtCommit) or meaning.ref not in refs.annotated:
            return None
        tag = NamedTag(name=meaning.ref.removeprefix("refs/tags/"), identity=refs.annotated[meaning.ref])
        if await self._objects.peeled(tag.identity) != commit:
            await self._fetching.join()
        return tag if await self._objects.peeled(tag.identity) == commit else None

    async def boundary(self) -> frozenset[str]:
        """Return the commits whose parents were not fetched, because the entry sets a depth."""
        try:
            return frozenset((await asyncio.to_thread((self.folder / "shallow").read_text)).split())
        except FileNotFoundError:
            return frozenset()

    async def equipped(self) -> Access:
        """Return how the repository is reached, with a token where the entry's credential is traded for one."""
        return await self._network.equipped(self.access)

    async def lfs_authenticate(self) -> bytes:
        """Return what the host of an ssh repository says of its Git LFS server, for downloads. Raises `Refused`."""
        place = ssh_place(self.access.address)
        command = f"git-lfs-authenticate {shlex.quote(place.path)} download"
        return await self._network.over_ssh(
            self.access, self.folder, ["-p", str(place.port), "--", place.login, command]
        )

    async def look(self, arguments: Sequence[str], variables: Mapping[str, str]) -> Finished:
        """Run a command of git on what is here, and return how it ended."""
        return await self._network.look(self.folder, arguments, variables)

    async def rest(self) -> None:
        """Give back what reading takes: the process and the memory. It can be used again at once."""
        await self._objects.close()

    def _believed(self, seconds: float | None, *, fresh: bool) -> float | None:
        """Return for how long a listing is believed; None: not at all."""
        if fresh:
            return None
        return self._refs_seconds if seconds is None else seconds

    async def _commit_of(self, revision: str, believe: float | None, *, tag_prefix: str, tools: Tools) -> str:
        refs = await self._listings.usual(believe=believe)
        meaning = await resolve.meaning(revision, refs, tools=tools, tag_prefix=tag_prefix)
        if isinstance(meaning, resolve.Elsewhere):
            refs = refs.with_more(await self._listings.elsewhere(meaning.names, believe=believe))
            meaning = await resolve.meaning(revision, refs, tools=tools, tag_prefix=tag_prefix)
        match meaning:
            case resolve.AtCommit(commit=commit):
                return commit
            case resolve.ShortId(start=start):
                return await self._lengthen(start, refs)
            case resolve.Elsewhere():
                raise Refused("revision_not_found", resolve.not_found(revision, refs))

    async def _list(self, look: Look) -> Refs:
        await self._prepare()
        if look.likely_changed and look.prefixes == USUAL and self._whole:
            try:
                return await self._refetch(look)
            except Refused as refused:
                # One ref that leads to nothing makes all of them impossible to fetch, but not to list.
                if refused.code == "unavailable":
                    raise
        return await self._network.list_refs(self.access, self.folder, look.prefixes)

    async def _refetch(self, look: Look) -> Refs:
        await self._fetch(["--prune", "--", self.access.address.url, *refetch.REFSPECS])
        refs = await refetch.refs_here(self._network, self.folder, before=look.before)
        if look.before is None or refs.commits != look.before.commits:
            await self._tidy_up()
        return refs

    async def _lengthen(self, start: str, refs: Refs) -> str:
        known = await self._objects.commit_id(start) if self._prepared else ""
        if not known:
            await self._fetching.join()
            known = await self._objects.commit_id(start)
        if not known:
            raise Refused("revision_not_found", resolve.not_found(start, refs))
        return known

    async def _demand(self, commit: str) -> None:
        await self._prepare()
        if await self._objects.commit_id(commit):
            return
        if self.access.repository.depth > 0:
            # Who wants little of the history hardly wants the tips of all branches.
            await self._fetch_one(commit)
        if not await self._objects.commit_id(commit):
            # One ref that leads to nothing makes all of them impossible to fetch, and is no reason to give up yet.
            try:
                await self._fetching.join()
            except Refused as refused:
                if refused.code != "revision_not_found":
                    raise
            # On no branch and under no tag: a pull request's commit, or a branch that has moved on since its listing.
            await self._fetch_one(commit)
        if not await self._objects.commit_id(commit):
            raise Refused(
                "revision_not_found",
                f"repository {self.access.address.url} does not hand out commit {commit}; it may have been removed",
            )

    async def _fetch_one(self, commit: str) -> None:
        """Fetch a commit by its id, unless it is here or another caller has just fetched it; a refusal is no answer."""
        async with self._fetching_one:
            if await self._objects.commit_id(commit):
                return
            with contextlib.suppress(Refused):
                kept = upkeep.keep(commit, self._clock.now().date())
                await self._fetch(["--", self.access.address.url, f"+{commit}:{kept}"])

    async def _fetch_all(self) -> None:
        await self._prepare()
        await self._fetch(["--prune", "--", self.access.address.url, *_EVERYTHING])
        # Of a shallow mirror's branches only the tips were fetched, and who wants that wants few of them.
        self._whole = self.access.repository.depth <= 0
        await self._tidy_up()

    async def _tidy_up(self) -> None:
        """Tidy up after some fetches, and after the first of a day: there is little to do after each."""
        today = self._clock.now().date()
        self._untidied += 1
        if self._untidied < _TIDIED_AFTER_FETCHES and self._tidied == today:
            return
        self._untidied, self._tidied = 0, today
        async with self._writing:
            await upkeep.tidy(self._network, self.folder, today=today)

    async def _fetch(self, what: list[str]) -> None:
        depth = self.access.repository.depth
        options = ["--quiet", "--no-tags", "--force", "--no-write-fetch-head"]
        if depth > 0:
            options.append(f"--depth={depth}")
        async with self._writing:
            try:
                await self._network.transfer(self.access, self.folder, ["fetch", *options, *what])
            except (Refused, Damaged):
                # What a git that was killed leaves half written may be large.
                await asyncio.to_thread(_tidy, self.folder)
                raise

    async def _prepare(self) -> None:
        async with self._preparing:
            if not self._prepared:
                await asyncio.to_thread(_tidy, self.folder)
                if not (self.folder / "HEAD").exists():
                    await self._network.local(self.folder, ["init", "--bare", "--quiet", "--template="])
                self._prepared = True


def _tidy(folder: Path) -> None:
    """Make the folder, and take away what a killed git leaves behind; nobody else works in it."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for leftover in (*folder.rglob("*.lock"), *folder.glob("objects/pack/tmp_*")):
        leftover.unlink(missing_ok=True)
