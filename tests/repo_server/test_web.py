"""How files are asked for over HTTP: busy servers, redirects, what is told to whom, what is asked again. S-115."""

import base64
import itertools
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from argosy.engine.model.repository import Repository
from argosy.gateways.clock import ManualClock
from repo_server.errors import Refused
from repo_server.oci import challenge
from repo_server.web import files, trust
from repo_server.web.client import Web
from repo_server.web.files import Fetched, NotModified, Validators, Wanted
from tests.repo_server.scripted import Answer, Asked, Scripted, serving

NOW = datetime(2026, 1, 2, tzinfo=UTC)


@pytest.fixture
def server() -> Iterator[Scripted]:
    with serving() as server:
        yield server


@pytest.fixture
def other() -> Iterator[Scripted]:
    with serving() as server:
        yield server


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOW)


@pytest.fixture
async def web(clock: ManualClock) -> AsyncIterator[Web]:
    web = Web(seconds=10, clock=clock)
    yield web
    await web.close()


def wanted(server: Scripted, path: str = "/file", **fields: Any) -> Wanted:
    entry = {name: fields.pop(name) for name in ("username", "password", "bearer_token") if name in fields}
    return Wanted(url=f"{server.url}{path}", repository=Repository(url=server.url, **entry), limit=1000, **fields)


async def content(web: Web, what: Wanted) -> bytes:
    fetched = await files.get(web, what)
    assert isinstance(fetched, Fetched)
    return fetched.content


@pytest.mark.parametrize("status", [429, 502, 503, 504])
async def test_a_busy_server_is_asked_again(web: Web, server: Scripted, status: int):
    answers = itertools.chain([Answer(status=status, headers={"Retry-After": "0"})] * 2, itertools.repeat(Answer(b"x")))
    server.answers["/file"] = lambda _: next(answers)
    assert await content(web, wanted(server)) == b"x"
    assert server.count("/file") == 3


@pytest.mark.parametrize("after", ["600", "Fri, 02 Jan 2026 00:10:00 GMT"])
async def test_a_server_that_wants_to_be_left_alone_is_by_all(
    web: Web, server: Scripted, clock: ManualClock, after: str
):
    server.answers["/file"] = Answer(status=429, headers={"Retry-After": after})
    server.answers["/other"] = Answer(b"x")
    for path in ("/file", "/other"):
        with pytest.raises(Refused, match="asks to be left alone for 600 more seconds") as refused:
            await content(web, wanted(server, path))
        assert refused.value.code == "unavailable"
    assert len(server.asked) == 1
    clock.advance(timedelta(seconds=601))
    assert await content(web, wanted(server, "/other")) == b"x"


async def test_who_is_busy_is_where_a_redirect_leads(web: Web, server: Scripted, other: Scripted):
    server.answers["/file"] = Answer(status=307, headers={"Location": f"{other.url}/there"})
    server.answers["/another"] = Answer(b"x")
    other.answers["/there"] = Answer(status=503, headers={"Retry-After": "60"})
    for _ in range(2):
        with pytest.raises(Refused, match=f"{other.url} asks to be left alone"):
            await content(web, wanted(server))
    assert (len(server.asked), len(other.asked)) == (2, 1)
    assert await content(web, wanted(server, "/another")) == b"x"


@pytest.mark.parametrize("after", ["999999999999", "Fri, 02 Jan 2099 00:00:00 GMT"])
async def test_nobody_is_left_alone_for_ever(web: Web, server: Scripted, after: str):
    server.answers["/file"] = Answer(status=503, headers={"Retry-After": after})
    with pytest.raises(Refused, match="for 900 more seconds"):
        await content(web, wanted(server))


@pytest.mark.parametrize("after", ["soon", "-1", "", "Fri, 02 Jan 2020 00:00:00 GMT"])
async def test_a_server_that_stays_busy_is_given_up(web: Web, server: Scripted, after: str):
    server.answers["/file"] = Answer(status=503, headers={"Retry-After": after})
    with pytest.raises(Refused, match="answered with status 503"):
        await content(web, wanted(server))
    assert server.count("/file") == 3


@pytest.mark.parametrize(
    ("headers", "condition"),
    [
        ({"ETag": '"1"', "Last-Modified": "Fri, 02 Jan 2026 00:00:00 GMT"}, ("if-none-match", '"1"')),
        (
            {"Last-Modified": "Fri, 02 Jan 2026 00:00:00 GMT"},
            ("if-modified-since", "Fri, 02 Jan 2026 00:00:00 GMT"),
        ),
    ],
)
async def test_what_has_not_changed_is_not_sent_again(
    web: Web, server: Scripted, headers: dict[str, str], condition: tuple[str, str]
):
    def answer(asked: Asked) -> Answer:
        return Answer(status=304) if asked.headers.get(condition[0]) == condition[1] else Answer(b"x", headers=headers)

    server.answers["/file"] = answer
    fetched = await files.get(web, wanted(server))
    assert isinstance(fetched, Fetched)
    assert await files.get(web, wanted(server, known=fetched.validators)) == NotModified()
    assert isinstance(await files.get(web, wanted(server, known=Validators())), Fetched)


async def test_s_115_another_origin_is_told_nothing(web: Web, server: Scripted, other: Scripted):
    server.answers["/file"] = Answer(status=302, headers={"Location": f"{other.url}/there"})
    other.answers["/there"] = Answer(b"x")
    given = {"username": "ada", "password": "secret"}
    assert await content(web, wanted(server, **given)) == b"x"
    told = "Basic " + base64.b64encode(b"ada:secret").decode()
    assert ([asked.authorization for asked in server.asked], other.asked[0].authorization) == ([told], "")
    assert await content(web, wanted(server, credentials_for="everybody", **given)) == b"x"
    assert other.asked[1].authorization == told


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"username": "ada", "password": "pässword"}, "Basic " + base64.b64encode("ada:pässword".encode()).decode()),
        ({"password": "token"}, "Basic " + base64.b64encode(b":token").decode()),
        ({"bearer_token": "t0ken\n"}, "Bearer t0ken"),
        ({}, ""),
    ],
)
async def test_credentials_are_told_as_a_header_can_carry_them(
    web: Web, server: Scripted, given: dict[str, str], told: str
):
    server.answers["/file"] = Answer(b"x")
    await content(web, wanted(server, **given))
    assert [asked.authorization for asked in server.asked] == [told]


@pytest.mark.parametrize("given", [{"username": "CANARY:x"}, {"bearer_token": "CANARY\r\nX: y"}, {"bearer_token": "ä"}])
async def test_credentials_that_no_header_can_carry_are_refused(web: Web, server: Scripted, given: dict[str, str]):
    with pytest.raises(Refused, match="holds") as refused:
        await content(web, wanted(server, **given))
    assert (refused.value.code, "CANARY" in refused.value.message, server.asked) == ("invalid", False, [])


async def test_no_cookie_goes_from_one_entry_to_another(web: Web, server: Scripted):
    server.answers["/file"] = Answer(b"x", headers={"Set-Cookie": "session=CANARY"})
    await content(web, wanted(server))
    await content(web, wanted(server))
    assert [asked.headers.get("cookie") for asked in server.asked] == [None, None]


async def test_connections_are_used_again(web: Web, server: Scripted):
    server.answers["/file"] = Answer(b"x")
    # HTTP/1.0 servers close; that nothing breaks then is what matters here.
    for _ in range(5):
        assert await content(web, wanted(server)) == b"x"


@pytest.mark.parametrize(
    ("location", "says"),
    [
        ("/file", "redirects more than 3 times"),
        ("file:///etc/passwd", "redirects from http to file"),
        ("gopher://127.0.0.1/x", "redirects from http to gopher"),
        ("http://[", "not a URL that can be asked|redirects"),
    ],
)
async def test_redirects_lead_only_where_files_can_be(web: Web, server: Scripted, location: str, says: str):
    server.answers["/file"] = Answer(status=302, headers={"Location": location})
    with pytest.raises(Refused, match=says):
        await content(web, wanted(server))
    assert len(server.asked) <= 4


async def test_bytes_that_matter_come_as_they_are(web: Web, server: Scripted):
    server.answers["/file"] = Answer(b"\x1f\x8bpacked", headers={"Content-Encoding": "gzip"})
    assert await content(web, wanted(server)) == b"\x1f\x8bpacked"
    assert server.asked[0].headers["accept-encoding"] == "identity"


@pytest.mark.parametrize(
    ("proxy", "no_proxy", "url", "used"),
    [
        ("", "", "https://a.example.org/x", None),
        ("http://proxy:3128", "", "https://a.example.org/x", "http://proxy:3128"),
        ("http://proxy:3128", "example.org", "https://a.example.org/x", None),
        ("http://proxy:3128", "*.example.org, other", "https://a.example.org/x", None),
        ("http://proxy:3128", "ample.org", "https://a.example.org/x", "http://proxy:3128"),
    ],
)
def test_a_proxy_is_used_but_for_some_hosts(proxy: str, no_proxy: str, url: str, used: str | None):
    assert trust.proxy(Repository(url=url, proxy=proxy, no_proxy=no_proxy), url) == used


def test_a_proxy_of_another_kind_is_refused():
    with pytest.raises(Refused, match="must be an http or https URL"):
        trust.proxy(Repository(url="https://a", proxy="socks5://proxy"), "https://a")


async def test_a_client_certificate_that_cannot_be_read_is_named(web: Web):
    entry = Repository(url="https://127.0.0.1:9", tls_client_cert_data="CANARY", tls_client_cert_key="CANARY")
    with pytest.raises(Refused, match="must be PEM") as refused:
        await files.get(web, Wanted(url="https://127.0.0.1:9/x", repository=entry, limit=1))
    assert (refused.value.code, "CANARY" in refused.value.message) == ("invalid", False)


@pytest.mark.parametrize(
    ("registry", "realm", "told"),
    [
        ("https://registry-1.docker.io", "https://auth.docker.io/token", True),
        ("https://registry.gitlab.com", "https://gitlab.com/jwt/auth", True),
        ("https://registry.example.org:5050", "https://gitlab.example.org/jwt/auth", True),
        ("https://ghcr.io", "https://ghcr.io/token", True),
        ("https://ghcr.io", "https://ghcr.io:444/token", True),
        ("https://registry.example.co.uk", "https://auth.example.co.uk/token", True),
        ("http://127.0.0.1:5000", "http://127.0.0.1:5001/token", True),
        ("https://ghcr.io", "http://ghcr.io/token", False),
        ("https://ghcr.io", "https://evil.org/token", False),
        ("https://registry.example.org", "https://example.org.evil.org/token", False),
        ("https://registry.example.org", "http://auth.example.org/token", False),
        ("https://registry.example.co.uk", "https://evil.co.uk/token", False),
        ("https://mine.azurecr.io", "https://yours.azurecr.io/token", False),
        ("https://127.0.0.1:5000", "https://127.0.0.2/token", False),
        ("https://10.0.0.1", "https://20.0.0.1/token", False),
        ("https://localhost", "https://evil/token", False),
        ("https://io", "https://evil.io/token", False),
    ],
)
def test_s_115_which_realm_may_be_told_credentials(registry: str, realm: str, told: bool):
    assert challenge.may_be_told(registry, realm) is told


async def test_a_server_that_does_not_speak_tls_is_not_said_to_be_untrusted(web: Web, server: Scripted):
    url = server.url.replace("http://", "https://")
    with pytest.raises(Refused, match="does not speak TLS; is it served by http") as refused:
        await files.get(web, Wanted(url=f"{url}/x", repository=Repository(url=url), limit=1))
    assert refused.value.code == "unavailable"
