"""Which source must prove what: the first policy of the project that is about it, or the legacy keys."""

import pytest

from argosy.engine import integrity
from argosy.engine.model import project as projects
from argosy.engine.model.rendering import Integrity
from argosy.engine.model.source import Source

GIT = "https://git.example/org/app"
KEYRING = ("armour",)
A, B = "4AEE18F83AFDEB23", "0123456789ABCDEF"


def policy(*urls: str, mode: str = "head", keys: tuple[str, ...] = (A,)) -> dict:
    return {"repos": [{"url": url} for url in urls], "gpg": {"mode": mode, "keys": list(keys)}}


def required(url: str, *policies: dict, chart: str = "", legacy: tuple[str, ...] = ()) -> Integrity | None:
    spec: dict = {"signatureKeys": [{"keyID": key} for key in legacy]}
    if policies:
        spec["sourceIntegrity"] = {"git": {"policies": list(policies)}}
    read = projects.read({"metadata": {"name": "p"}, "spec": spec})
    return integrity.required(read, Source(repo_url=url, chart=chart), keyring=KEYRING)


def test_2_79_without_a_policy_nothing_is_proved() -> None:
    assert required(GIT) is None
    assert required(GIT, policy("https://elsewhere.example/*")) is None


@pytest.mark.parametrize(
    ("urls", "about"),
    [
        (["*"], True),
        (["https://git.example/org/app"], True),
        (["https://git.example/*"], True),
        (["https://git.example/org/*"], True),
        (["https://GIT.example/org/app.git"], True),
        (["https://git.example/org/a"], False),
        (["https://git.example/other/*"], False),
        (["*", "!https://git.example/org/app"], False),
        (["*", "!https://git.example/*"], False),
        (["!https://git.example/org/other", "*"], True),
        (["!https://git.example/org/other"], False),
        ([], False),
    ],
)
def test_2_79_a_policy_is_about_what_a_glob_names_and_none_excludes(urls: list[str], *, about: bool) -> None:
    assert required(GIT, policy(*urls)) == (Integrity("head", (A,), KEYRING) if about else None)


@pytest.mark.parametrize(
    "url", [f"{GIT}.git", f"{GIT}/", "https://user@git.example:443/org/app", "HTTPS://GIT.EXAMPLE/org/app"]
)
def test_another_way_to_write_the_url_is_no_way_around_the_policy(url: str) -> None:
    assert required(url, policy(GIT)) is not None


def test_2_79_the_first_policy_decides() -> None:
    first, second = policy(GIT, mode="none"), policy("*", mode="strict", keys=(B,))
    assert required(GIT, first, second) is None
    assert required(GIT, second, first) == Integrity("strict", (B,), KEYRING)
    assert required("https://git.example/org/else", first, second) == Integrity("strict", (B,), KEYRING)


def test_a_policy_without_keys_accepts_no_signature() -> None:
    assert required(GIT, policy("*", keys=())) == Integrity("head", (), KEYRING)


def test_2_81_legacy_keys_are_one_head_policy_for_everything() -> None:
    assert required(GIT, legacy=(A, B)) == Integrity("head", (A, B), KEYRING)


def test_2_81_legacy_keys_are_ignored_beside_policies_and_that_is_said() -> None:
    assert required(GIT, policy("https://elsewhere.example/*"), legacy=(A,)) is None
    spec = {"signatureKeys": [{"keyID": A}], "sourceIntegrity": {"git": {"policies": []}}}
    both = projects.read({"metadata": {"name": "p"}, "spec": spec})
    assert "project p: spec.signatureKeys is ignored" in (integrity.ignored(both) or "")
    for alone in ({"signatureKeys": spec["signatureKeys"]}, {"sourceIntegrity": spec["sourceIntegrity"]}):
        assert integrity.ignored(projects.read({"metadata": {"name": "p"}, "spec": alone})) is None


@pytest.mark.parametrize(("url", "chart"), [("https://charts.example", "web"), ("oci://reg.example/a", "")])
def test_2_82_charts_and_artifacts_are_not_verified(url: str, chart: str) -> None:
    assert required(url, policy("*"), chart=chart, legacy=(A,)) is None
    assert required(url, chart=chart, legacy=(A,)) is None
