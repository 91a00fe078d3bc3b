"""The one place where git's words become ours: what a failed command means, and what the user can do.

Comes in: how a git command ended. Goes out: its output, or `Refused` with the right code, or `Damaged` when it is our
own mirror that git complains of. No credential is in a message.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from argosy.wire.repo_server import RefusalCode
from repo_server.errors import Damaged, Refused
from repo_server.git.access import Access
from repo_server.git.address import scrub
from repo_server.git.process import Finished

_LONGEST_QUOTE = 600


@dataclass(frozen=True, kw_only=True)
class _Meaning:
    words: re.Pattern[str]
    code: RefusalCode
    says: str


def _meaning(code: RefusalCode, says: str, words: str) -> _Meaning:
    return _Meaning(words=re.compile(words, re.IGNORECASE), code=code, says=says)


_WANTS_CREDENTIALS = "it wants credentials and none are configured for it; add the repository with them"
_REFUSED_CREDENTIALS = "it refused the credentials; correct them in the repository's entry"

# What lies on a disk that is full is as good as ever, and is not thrown away.
_NO_ROOM = _meaning(
    "unavailable",
    "there is no room for it on the repo server's own disk, or it cannot be written; see to the folder of --state",
    r"no space left on device|disk quota exceeded|read-only file system",
)

# The first row that matches decides.
MEANINGS: Sequence[_Meaning] = (
    _NO_ROOM,
    _meaning(
        "limit_exceeded",
        "git would have needed more memory or disk for it than is allowed (ARGOSY_GIT_MEMORY_LIMIT, "
        "ARGOSY_GIT_FILE_LIMIT)",
        # The last is all that is said when the program that writes the pack is ended by the limit.
        r"out of memory|malloc failed|died of signal 25|file too large|file size limit|"
        r"\A(fatal: )?fetch-pack: invalid index-pack output\s*\Z",
    ),
    _meaning(
        "access_denied",
        "its proxy does not let us through; correct proxy in the repository's entry",
        r"connect tunnel failed, response 40[37]|returned error: 407|by the socks5? server|"
        r"proxy \S+: it (refused|does not take|answered CONNECT with status 40[37])",
    ),
    _meaning(
        "access_denied",
        "the ssh host key is not among the known hosts, or has changed; check it and correct argocd-ssh-known-hosts-cm",
        r"host key verification failed|no \S+ host key is known|remote host identification has changed",
    ),
    _meaning(
        "access_denied",
        "it refused the client certificate, or wants one; correct tlsClientCertData and tlsClientCertKey in its entry",
        r"alert (unknown ca|bad certificate|certificate (required|expired|revoked|unknown)|handshake failure)",
    ),
    _meaning(
        "access_denied",
        "its TLS certificate is not trusted; check it and add its authority to argocd-tls-certs-cm",
        r"ssl certificate problem|certificate verif|server certificate|self.signed certificate|"
        r"unable to get local issuer",
    ),
    _meaning(
        "access_denied",
        _WANTS_CREDENTIALS,
        r"could not read (username|password)|terminal prompts disabled|unable to read askpass response",
    ),
    _meaning(
        "access_denied",
        _REFUSED_CREDENTIALS,
        r"authentication failed|returned error: 40[13]|permission denied|access denied|invalid credentials|"
        r"load key .* (error|invalid)|not authorized|unauthorized",
    ),
    _meaning(
        "unavailable",
        "its host name is not known; check the URL and the name servers",
        r"could not resolve (host|proxy)|name or service not known|nodename nor servname|temporary failure in name",
    ),
    _meaning(
        "repository_not_found",
        "there is no such repository, or these credentials may not see it; check the URL",
        r"repository .*not found|returned error: 404|does not appear to be a git repository|project not found|"
        r"not valid: is this a git repository|does not exist",
    ),
    _meaning(
        "unavailable",
        "it could not be reached",
        r"failed to connect|send failure|connect tunnel failed|proxy \S+: |"
        r"connection (refused|reset|timed out|closed)|couldn't connect|timed out|operation too slow|"
        r"returned error: (429|5\d\d)|early eof|remote end hung up|no route to host|network is unreachable|"
        r"unexpected disconnect|recv failure|empty reply|kex_exchange|transfer closed|rpc failed|gnutls|ssl_",
    ),
    _meaning("invalid", "it names its objects by SHA-256, which is not read here yet", r"mismatched algorithms"),
    _meaning("invalid", "its transport is not allowed", r"transport '.*' not allowed"),
    _meaning(
        "revision_not_found",
        "it does not have the revision that was asked for",
        r"couldn't find remote ref|not our ref|no such remote ref|unadvertised object",
    ),
    _meaning(
        "access_denied",
        "its objects are not sound, and were not taken",
        r"fsck error|error in object|is a (blob|tree|commit|tag), not a |pack signature mismatch|pack is corrupted|"
        r"pack has bad object|bad pack header|pack version .* unsupported|inflate returned|inflate inconsistency|"
        r"delta base offset|used more bytes than|failed to apply delta|object type mismatch|size_t overflow",
    ),
)

_OUR_OWN = re.compile(
    r"not a git repository: '|object file .* is empty|loose object .* is corrupt|packfile .* (corrupt|cannot|invalid)|"
    r"bad object|unable to create '.*\.lock'|unable to read tree|bad signature|is corrupt|invalid (index-pack|sha1)|"
    r"unable to (open|write|create)|missing (blob|tree|commit)|cannot lock ref|bad config|index file corrupt",
    re.IGNORECASE,
)


def check(finished: Finished, access: Access) -> bytes:
    """Return the output of a command that went well. Raises `Refused`, or `Damaged` if our mirror is broken."""
    if finished.status == 0:
        return finished.output
    where = f"repository {access.address.url}: "
    if finished.killed_after is not None:
        raise Refused("unavailable", f"{where}git did not finish within {finished.killed_after:g} seconds; try again")
    words = quote(finished.errors, access)
    for meaning in MEANINGS:
        if meaning.words.search(finished.errors):
            raise Refused(meaning.code, f"{where}{_says(meaning, access)} (git said: {words})")
    if _OUR_OWN.search(finished.errors):
        raise Damaged(words)
    raise Refused("unavailable", f"{where}git failed with status {finished.status} (git said: {words})")


def _says(meaning: _Meaning, access: Access) -> str:
    """Return what a failure means; git asks again for a credential that was sent in a header and refused."""
    return _REFUSED_CREDENTIALS if meaning.says == _WANTS_CREDENTIALS and access.secrets() else meaning.says


def check_local(finished: Finished) -> None:
    """Return if a command on our own disk went well. Raises `Refused` for a disk that is full, else `Damaged`."""
    if _NO_ROOM.words.search(finished.errors):
        raise Refused(_NO_ROOM.code, _NO_ROOM.says)
    if finished.status != 0:
        raise Damaged(finished.errors.strip()[-_LONGEST_QUOTE:])


def quote(errors: str, access: Access) -> str:
    """Return git's own words, short, on one line, without anything secret or any control character."""
    lines = [line.strip() for line in errors.splitlines() if line.strip() and not line.startswith("Cloning into")]
    text = scrub("; ".join(lines))
    for secret in access.secrets():
        text = text.replace(secret, "***")
    return "".join(character if character.isprintable() else "?" for character in text)[:_LONGEST_QUOTE]
