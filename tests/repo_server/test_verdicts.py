"""S-161: whatever is said of a signature, only one plainly good one counts, for any mixture of the words for it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from repo_server.git import commits, verdicts
from repo_server.git.process import Finished
from repo_server.git.verdicts import Signed

KEY = "34EE543D5EF81FD6C4621C4CC03185A674887828"
GOOD = f"[GNUPG:] GOODSIG {KEY[-16:]} Ada <ada@example.org>"
VALID = f"[GNUPG:] VALIDSIG {KEY} 2026-01-02 1767319445 0 4 0 22 8 00 {KEY}"
WEAK = VALID.replace(" 22 8 ", " 22 2 ")
BAD = [
    f"[GNUPG:] {name} {KEY[-16:]} 22 8 00 1767319445 9 {KEY}"
    for name in ("BADSIG", "EXPSIG", "EXPKEYSIG", "REVKEYSIG", "ERRSIG")
]
NEUTRAL = ["[GNUPG:] NEWSIG", f"[GNUPG:] KEY_CONSIDERED {KEY} 0", "gpg: words", "", "[GNUPG:]", "[GNUPG:] VALIDSIG"]
SSH_GOOD = 'Good "git" signature for signer with ED25519 key SHA256:abc+/1'
SSH_OTHER = [
    'Good "git" signature with ED25519 key SHA256:abc+/1',
    "No principal matched.",
    "Could not verify signature.",
    'Good "git" signature for signer with ED25519 key SHA256:abc+/1 and more',
]


def said(lines: list[str], status: int) -> Finished:
    return Finished(status=status, output=b"", errors="\n".join(lines))


@given(st.lists(st.sampled_from([GOOD, VALID, WEAK, *BAD, *NEUTRAL]), max_size=8), st.sampled_from([0, 1]))
def test_s_161_openpgp_is_good_for_one_good_signature_and_nothing_else(lines: list[str], status: int):
    verdict = verdicts.read("PGP", said(lines, status))
    alone = lines.count(GOOD) == 1 and sum("VALIDSIG" in line for line in lines) == 1 and VALID in lines
    assert isinstance(verdict, Signed) == (alone and status == 0 and not set(lines) & set(BAD))


@given(st.lists(st.sampled_from([SSH_GOOD, *SSH_OTHER]), max_size=4), st.sampled_from([0, 1]))
def test_s_161_ssh_is_good_for_one_good_signature_and_nothing_else(lines: list[str], status: int):
    verdict = verdicts.read("SSH", said(lines, status))
    of_signatures = [line for line in lines if "signature" in line]
    assert isinstance(verdict, Signed) == (of_signatures == [SSH_GOOD] and status == 0)


@given(st.text(), st.sampled_from(["PGP", "SSH"]))
def test_s_161_no_other_words_are_a_signature(words: str, kind: str):
    assert not isinstance(verdicts.read(kind, said([words], 0)), Signed)


@pytest.mark.parametrize("weak", ["1", "2", "3"])
def test_s_161_a_weak_digest_is_named(weak: str):
    verdict = verdicts.read("PGP", said([GOOD, VALID.replace(" 22 8 ", f" 22 {weak} ")], 0))
    assert not isinstance(verdict, Signed)
    assert "digest, which can be forged" in verdict.because


@given(st.binary(max_size=400))
def test_b_51_any_bytes_are_taken_for_a_commit_and_a_tag(text: bytes):
    commits.commit(text)
    commits.tag(text)


@given(
    st.lists(st.sampled_from([b"gpgsig -----BEGIN PGP SIGNATURE-----", b"gpgsig x", b" -----BEGIN SSH SIGNATURE-----"]))
)
def test_s_161_every_signature_on_a_commit_is_counted(headers: list[bytes]):
    text = b"tree x\n" + b"\n".join(headers) + b"\n\nmessage\n"
    first = next((number for number, line in enumerate(headers) if line.startswith(b"gpgsig")), len(headers))
    counted = [line for number, line in enumerate(headers) if b"BEGIN" in line and (number >= first)]
    assert len(commits.commit(text).signatures) == len(counted)
