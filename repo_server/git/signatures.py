"""Are the commits of a source signed as its project's policy asks? Called by `sources`, before anything is rendered.

Comes in: a mirror, what the source asked for, the commit that it came to, and the policy. Goes out: nothing, or
`Refused` (signature_refused) that says which commits are not, and why; or these problems, to be shown. `head` asks for
the commit, or for the annotated tag that was named; `strict` for that tag and the commit's whole ancestry, down to the
roots or to seal commits (Argo CD 2.80). Each object is judged on its own: no good signature covers up for a bad one.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from weakref import WeakValueDictionary

from argosy.engine.model.rendering import Integrity
from argosy.engine.model.source import Source
from argosy.gateways.tools.port import Tools
from repo_server.errors import Refused
from repo_server.git import commits, verdicts
from repo_server.git.commits import Commit
from repo_server.git.keyrings import MOST_VERDICTS, Keyring, Keyrings
from repo_server.git.mirror import Mirror, NamedTag
from repo_server.git.verdicts import UNREADABLE, UNSIGNED, Signed, Unproved, Verdict

_SEAL = "argocd-gpg-seal"
_SHOWN = 10
_MOST_COMMITS = 100_000
_AT_ONCE = 4
_JUDGED_TOGETHER = 64


@dataclass(frozen=True, kw_only=True)
class _Judged:
    """An object whose signature counts: its id, how a message calls it, and the signatures that it holds."""

    identity: str
    called: str
    command: str
    signatures: tuple[str, ...]


class Signatures:
    """Verifies commits with `git` and the keyrings that callers send, and remembers what it found."""

    def __init__(self, keyrings: Keyrings, *, tools: Tools) -> None:
        self._keyrings = keyrings
        self._tools = tools
        self._turns = asyncio.Semaphore(_AT_ONCE)
        self._walking: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def verify(self, mirror: Mirror, source: Source, commit: str, integrity: Integrity) -> None:
        """Return if all that the policy asks of a resolved commit is signed. Raises `Refused` or `Damaged`."""
        _demand(await self._judge(mirror, source, commit, integrity), mirror, integrity)

    async def problems(self, mirror: Mirror, source: Source, commit: str, integrity: Integrity) -> tuple[str, ...]:
        """Return what is not as the policy asks, ten things at most; also that it could not be found out."""
        try:
            found = await self._judge(mirror, source, commit, integrity)
        except Refused as refused:
            return (refused.message,)
        return tuple(found[:_SHOWN])

    async def _judge(self, mirror: Mirror, source: Source, commit: str, integrity: Integrity) -> Sequence[str]:
        keyring = await self._keyrings.of(integrity.keyring)
        tag = await mirror.tag(source.target_revision, commit, tag_prefix=source.tag_prefix, tools=self._tools)
        judged = [await _tag(mirror, tag)] if tag is not None else []
        match integrity.mode:
            case "head":
                judged = judged or list(await _commits(mirror, [commit]))
                return await self._problems(mirror, judged, keyring, integrity.keys)
            case "strict":
                # One walk at a time through a repository: who waits finds what the first has found out.
                async with self._walking.setdefault(mirror.folder.name, asyncio.Lock()):
                    return await self._ancestry(mirror, commit, judged, keyring, integrity.keys)

    async def _ancestry(
        self, mirror: Mirror, commit: str, judged: list[_Judged], keyring: Keyring, keys: tuple[str, ...]
    ) -> Sequence[str]:
        proved = keyring.proved.setdefault(frozenset(keys), set())
        walked = await _walk(mirror, commit, proved)
        judged = [*judged, *walked]
        problems: list[str] = []
        for start in range(0, len(judged), _JUDGED_TOGETHER):
            together = judged[start : start + _JUDGED_TOGETHER]
            problems += await self._problems(mirror, together, keyring, keys)
            if len(problems) > _SHOWN:
                break
        if not problems:
            if len(proved) > MOST_VERDICTS:
                proved.clear()
            proved.update(item.identity for item in walked)
        return problems

    async def _problems(
        self, mirror: Mirror, judged: Sequence[_Judged], keyring: Keyring, keys: tuple[str, ...]
    ) -> list[str]:
        """Return what is wrong with these objects, in their order."""
        found = await asyncio.gather(*(self._verdict(mirror, item, keyring) for item in judged))
        return [
            f"{item.called} {because}"
            for item, verdict in zip(judged, found, strict=True)
            if (because := _because(verdict, keys))
        ]

    async def _verdict(self, mirror: Mirror, item: _Judged, keyring: Keyring) -> Verdict:
        match item.signatures:
            case ():
                return UNSIGNED
            case ("PGP" | "SSH",):
                pass
            case (_,):
                return Unproved(because="has an X.509 signature; sign with OpenPGP or ssh")
            case _:
                return Unproved(because="has more than one signature; one is asked for")
        if (known := keyring.verdicts.get(item.identity)) is not None:
            return known
        async with self._turns:
            finished = await mirror.look(_command(item, keyring), keyring.variables)
        if finished.killed_after is not None:
            return Unproved(because=f"has a signature that was not judged within {finished.killed_after:g} seconds")
        verdict = verdicts.read(item.signatures[0], finished)
        if verdict == UNREADABLE:
            return verdict  # perhaps gpg could not be run just now
        return keyring.verdicts.put(item.identity, verdict)


def _command(item: _Judged, keyring: Keyring) -> list[str]:
    programs: Mapping[str, str] = {
        "gpg.program": "gpg",
        "gpg.x509.program": "/bin/false",
        "gpg.ssh.program": "ssh-keygen",
        "gpg.ssh.allowedSignersFile": str(keyring.allowed_signers),
    }
    options = [word for name, value in programs.items() for word in ("-c", f"{name}={value}")]
    return [*options, item.command, "--raw", item.identity]


def _because(verdict: Verdict, keys: tuple[str, ...]) -> str:
    """Return why a verdict is not enough for a policy's keys; empty if it is."""
    match verdict:
        case Unproved(because=because):
            return because
        case Signed() if any(verdicts.names(key, verdict) for key in keys):
            return ""
        case Signed(keys=signed):
            return f"is signed by key {signed[0]}, which the policy does not name"


async def _tag(mirror: Mirror, tag: NamedTag) -> _Judged:
    """Return a tag object to be judged. Raises `Refused` if it calls itself by another name: an old one put forward."""
    (text,) = await mirror.texts([tag.identity])
    read = commits.tag(text)
    if read.name != tag.name:
        raise Refused(
            "signature_refused",
            f"repository {mirror.access.address.url}: tag {tag.name!r} holds the signed tag {read.name[:100]!r}; "
            "a tag must be called what was signed",
        )
    return _Judged(identity=tag.identity, called=f"tag {tag.name!r}", command="verify-tag", signatures=read.signatures)


async def _commits(mirror: Mirror, identities: Sequence[str]) -> list[_Judged]:
    texts = await mirror.texts(identities)
    return [_judged(identity, commits.commit(text)) for identity, text in zip(identities, texts, strict=True)]


def _judged(identity: str, commit: Commit) -> _Judged:
    return _Judged(
        identity=identity, called=f"commit {identity[:10]}", command="verify-commit", signatures=commit.signatures
    )


async def _walk(mirror: Mirror, start: str, proved: set[str]) -> list[_Judged]:
    """Return the commits of an ancestry that are not proved yet, newest first; a seal ends its branch of it.

    Raises `Refused` where the mirror was cut off (`depth`), and beyond 100,000 commits.
    """
    cut = await mirror.boundary()
    found: dict[str, _Judged] = {}
    waiting = [start] if start not in proved else []
    while waiting:
        texts = await mirror.texts(waiting)
        parents: dict[str, None] = {}
        for identity, text in zip(waiting, texts, strict=True):
            commit = commits.commit(text)
            found[identity] = _judged(identity, commit)
            if commit.trailer(_SEAL) is None:
                if identity in cut and commit.parents:
                    raise _cut(mirror, identity)
                parents.update(dict.fromkeys(commit.parents))
        waiting = [parent for parent in parents if parent not in found and parent not in proved]
        if len(found) + len(waiting) > _MOST_COMMITS:
            raise Refused(
                "limit_exceeded",
                f"repository {mirror.access.address.url}: more than {_MOST_COMMITS:,} commits would have to be "
                'verified; make a signed seal commit (trailer "Argocd-gpg-seal:")',
            )
    return list(found.values())


def _cut(mirror: Mirror, commit: str) -> Refused:
    return Refused(
        "signature_refused",
        f"repository {mirror.access.address.url}: mode strict asks for the whole history, which ends at commit "
        f"{commit[:10]} because the repository's entry sets depth; remove depth, or make a signed seal commit",
    )


def _demand(problems: Sequence[str], mirror: Mirror, integrity: Integrity) -> None:
    if problems:
        more = "; and more" if len(problems) > _SHOWN else ""
        raise Refused(
            "signature_refused",
            f"repository {mirror.access.address.url} is not signed as the project's source integrity policy (mode "
            f"{integrity.mode}) asks: {'; '.join(problems[:_SHOWN])}{more}. Sign with a key that the policy names, "
            "and whose public key is in argocd-gpg-keys-cm",
        )
