"""What is told of a commit: rule 2.58, and B-51, commits that were written to do harm."""

import pytest

from repo_server.git import metadata

TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
ADA = "Ada <ada@example.org> 1767319445 +0100"


def commit(message: str | bytes, *, author: str | bytes = ADA, headers: str = "") -> bytes:
    encoded = message if isinstance(message, bytes) else message.encode()
    who = author if isinstance(author, bytes) else author.encode()
    return f"tree {TREE}\nauthor ".encode() + who + f"\ncommitter {ADA}\n{headers}\n".encode() + encoded


def test_2_58_author_date_tags_and_message():
    read = metadata.parse(commit("Change\n\nBecause.\n"), tags=("v1", "v2"))
    assert (read.author, read.date, read.tags) == ("Ada <ada@example.org>", "2026-01-02T02:04:05Z", ("v1", "v2"))
    assert read.message == "Change\n\nBecause."
    assert read.signature_info == ""
    assert read.references == ()


REFERENCE = """Hydrate

Argocd-reference-commit-repourl: https://git.example.org/dry.git
Argocd-reference-commit-sha: 0123456789abcdef0123456789abcdef01234567
Argocd-reference-commit-author: Ada Lovelace <ada@example.org>
Argocd-reference-commit-date: 2026-01-02T03:04:05+01:00
Argocd-reference-commit-subject: Change it
Argocd-reference-commit-body: "Because.\\nSigned-off-by: Ada"
"""


def test_2_58_trailers_name_the_commit_that_this_one_was_made_from():
    (reference,) = metadata.parse(commit(REFERENCE), tags=()).references
    assert reference.repo_url == "https://git.example.org/dry.git"
    assert reference.sha == "0123456789abcdef0123456789abcdef01234567"
    assert reference.author == "Ada Lovelace <ada@example.org>"
    assert reference.date == "2026-01-02T03:04:05+01:00"
    assert reference.subject == "Change it"
    assert reference.body == "Because.\nSigned-off-by: Ada"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("repourl", "javascript:alert(1)"),
        ("repourl", "file:///etc/passwd"),
        ("repourl", "https://[broken"),
        ("sha", "not a sha"),
        ("sha", "abcd"),
        ("sha", "0123456789ABCDEF"),
        ("author", "nobody"),
        ("date", "yesterday"),
        ("date", "2026-01-02"),
        ("date", "2026-01-02T03:04:05"),
        ("body", "not JSON"),
        ("body", '{"a": 1}'),
    ],
)
def test_2_58_a_value_that_is_not_what_it_should_be_is_left_out(field: str, value: str):
    message = f"Hydrate\n\nArgocd-reference-commit-subject: kept\nArgocd-reference-commit-{field}: {value}\n"
    (reference,) = metadata.parse(commit(message), tags=()).references
    assert reference == metadata.RevisionReference(subject="kept")


def test_2_58_a_password_in_a_reference_is_not_passed_on():
    message = "Hydrate\n\nArgocd-reference-commit-repourl: https://ada:secret@git.example.org/dry\n"
    (reference,) = metadata.parse(commit(message), tags=()).references
    assert reference.repo_url == "https://git.example.org/dry"


@pytest.mark.parametrize(
    "message", ["Argocd-reference-commit-subject: x\n", "a\n\nArgocd-reference-commit-subject: x\n\nb\n"]
)
def test_2_58_only_trailers_count(message: str):
    assert metadata.parse(commit(message), tags=()).references == ()


def test_2_58_a_signature_is_told_of_and_not_vouched_for():
    headers = "gpgsig -----BEGIN PGP SIGNATURE-----\n \n abc\n -----END PGP SIGNATURE-----\n"
    read = metadata.parse(commit("x", headers=headers), tags=())
    assert read.signature_info == "OpenPGP signature, not verified"
    assert read.message == "x"


def test_b_51_a_message_is_cut_at_64_kib():
    assert len(metadata.parse(commit("x" * 10_000_000), tags=()).message) == 64 * 1024
    wide = metadata.parse(commit("é" * 10_000_000), tags=()).message
    assert len(wide.encode()) == 64 * 1024


def test_b_51_the_trailers_of_a_message_of_10_mb_are_still_read():
    (reference,) = metadata.parse(
        commit("x" * 10_000_000 + "\n\n" + REFERENCE.partition("\n\n")[2]), tags=()
    ).references
    assert reference.subject == "Change it"


@pytest.mark.parametrize(
    ("seconds", "date"),
    [
        ("31556889864403199 +0000", ""),
        ("-1 +0000", "1969-12-31T23:59:59Z"),
        ("-99999999999999999999 +0000", ""),
        ("1767319445 +9999", ""),
        ("1767319445", ""),
        ("now +0000", ""),
    ],
)
def test_b_51_a_date_that_no_calendar_has_stays_empty(seconds: str, date: str):
    assert metadata.parse(commit("x", author=f"Ada <ada@example.org> {seconds}"), tags=()).date == date


def test_b_51_what_would_steer_a_terminal_or_turn_a_line_is_replaced():
    read = metadata.parse(commit("a\x1b[31mred\x07\r\u202eturned", author="\x1b]0;x\x07 <<a>b> 0 +0000"), tags=())
    assert read.message == "a\ufffd[31mred\ufffd\ufffd\ufffdturned"
    assert read.author == "\ufffd]0;x\ufffd <<a>b>"


@pytest.mark.parametrize(
    ("encoding", "written", "read"),
    [
        ("ISO-8859-1", "Ärger".encode("latin-1"), "Ärger"),
        ("", "Ärger".encode(), "Ärger"),
        ("no-such-thing", "Ärger".encode(), "Ärger"),
        ("zlib", "Ärger".encode(), "Ärger"),
        ("rot13", "Ärger".encode(), "Ärger"),
        ("\x00", "Ärger".encode(), "Ärger"),
        ("punycode", "Ärger".encode(), "Ärger"),
        ("Shift_JIS", "日本".encode("shift_jis"), "日本"),
        ("undefined", "Ärger".encode(), "Ärger"),
    ],
)
def test_b_51_an_encoding_is_followed_if_it_is_one_of_text(encoding: str, written: bytes, read: str):
    headers = f"encoding {encoding}\n" if encoding else ""
    assert metadata.parse(commit(written, headers=headers), tags=()).message == read


@pytest.mark.parametrize("text", [b"", b"\n\n", b"tree", b"\x00" * 100, b"author\n\n", b" \n \n\nx", b"tree x"])
def test_b_51_what_is_no_commit_reads_as_empty(text: bytes):
    assert metadata.parse(text, tags=()).date == ""
