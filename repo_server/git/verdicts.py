"""What gpg and ssh-keygen say of one signature -> a verdict. Called by `git.signatures`; runs nothing itself.

Comes in: the words of `git verify-commit --raw` or `git verify-tag --raw` about ONE object, and how git ended. Whatever
is not plainly one good signature is unproved: two signatures, a good one beside a bad one, a weak digest, words that
are not known.
"""

import re
from dataclasses import dataclass

from repo_server.git.failures import Finished

_STATUS = "[GNUPG:] "
_SSH = re.compile(r'Good "git" signature for \S+ with \S+ key (?P<key>SHA256:[A-Za-z0-9+/]+)')
_WEAK_DIGESTS = {"1": "MD5", "2": "SHA-1", "3": "RIPE-MD/160"}
_KEY_IS_MISSING = "9"
_SHORTEST_ID = 16
_HEX = re.compile(r"[0-9A-F]+")


@dataclass(frozen=True, kw_only=True)
class Signed:
    """One good signature: `keys` are the fingerprints of the key and of its primary key, or ("SHA256:...",) for ssh."""

    keys: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Unproved:
    """No good signature: `because` goes on from "commit 1a2b3c4 ..."."""

    because: str


Verdict = Signed | Unproved

UNSIGNED = Unproved(because="is not signed")
UNREADABLE = Unproved(because="has a signature that cannot be read")


def read(kind: str, finished: Finished) -> Verdict:
    """Read what was said of a signature of this kind (PGP, SSH)."""
    verdict = _openpgp(finished.errors) if kind == "PGP" else _ssh(finished.errors)
    if isinstance(verdict, Signed) and finished.status != 0:
        return Unproved(because="has a signature that git does not take for good")
    return verdict


def names(policy: str, verdict: Signed) -> bool:
    """Say whether a key that a policy names is the one that signed, or its primary key."""
    if policy.startswith("SHA256:"):
        return policy.rstrip("=") in verdict.keys
    wanted = policy.replace(" ", "").upper().removeprefix("0X")
    if len(wanted) < _SHORTEST_ID or not _HEX.fullmatch(wanted):
        return False
    return any(key.endswith(wanted) for key in verdict.keys)


def _openpgp(words: str) -> Verdict:
    lines = [line.removeprefix(_STATUS).split() for line in words.splitlines() if line.startswith(_STATUS)]
    judged = [(name, fields) for name, *fields in filter(None, lines) if name in _BECAUSE or name == "GOODSIG"]
    valid = [fields for name, *fields in filter(None, lines) if name == "VALIDSIG"]
    if not judged:
        return UNREADABLE
    for name, fields in judged:
        if name != "GOODSIG":
            return Unproved(because=_because(name, fields))
    if len(judged) != 1 or len(valid) != 1 or len(valid[0]) < 10:
        return Unproved(because="has more than one signature; one is asked for")
    fingerprint, digest, primary = valid[0][0], valid[0][7], valid[0][9]
    if digest in _WEAK_DIGESTS:
        return Unproved(because=f"is signed over a {_WEAK_DIGESTS[digest]} digest, which can be forged")
    return Signed(keys=tuple(dict.fromkeys((fingerprint.upper(), primary.upper()))))


_BECAUSE = {
    "BADSIG": "has a bad signature: it does not match what key {key} signed",
    "EXPSIG": "is signed by key {key}, and that signature has expired",
    "EXPKEYSIG": "is signed by key {key}, which has expired",
    "REVKEYSIG": "is signed by key {key}, which was revoked",
    "ERRSIG": "has a signature by key {key} that cannot be checked",
}


def _because(name: str, fields: list[str]) -> str:
    key = fields[0] if fields and _HEX.fullmatch(fields[0]) else "of no known form"
    if name == "ERRSIG" and len(fields) > 5 and fields[5] == _KEY_IS_MISSING:
        return f"is signed by key {key}, which is not in the keyring"
    return _BECAUSE[name].format(key=key)


def _ssh(words: str) -> Verdict:
    lines = [line for line in words.splitlines() if "signature" in line]
    match = _SSH.fullmatch(lines[0]) if len(lines) == 1 else None
    if match is not None:
        return Signed(keys=(match["key"],))
    if any(line.startswith('Good "git" signature with ') for line in lines):
        return Unproved(because="is signed by an ssh key that is not in the keyring, or was not valid at its time")
    return Unproved(because="has a bad signature") if lines else UNREADABLE
