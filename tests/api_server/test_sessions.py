"""Sign in, stay signed in, sign out; and everything that must not pass for it."""

import asyncio
import base64
import json
import time
from datetime import UTC, datetime, timedelta

import bcrypt
import pytest

from api_server.auth import cookies, tokens
from api_server.auth.tokens import BadToken, Session
from api_server.watching import CONFIG_MAPS, SECRETS

PASSWORD = "correct horse"
KEY = b"k" * 44
USERINFO = "/api/v1/session/userinfo"
LIST = "/api/v1/applications"


def encoded(part: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()


def claims(**changed: object) -> dict[str, object]:
    now = int(time.time())
    whole = {"iss": "argocd", "sub": "admin:login", "jti": "j", "iat": now, "exp": now + 3600} | changed
    return {key: value for key, value in whole.items() if value is not None}


def forged(header: object, body: object, signature: str = "c2ln") -> str:
    return f"{encoded(header)}.{encoded(body)}.{signature}"


def signed(body: dict[str, object], key: bytes = KEY) -> str:
    from joserfc import jwt
    from joserfc.jwk import OctKey

    return jwt.encode({"alg": "HS256"}, body, OctKey.import_key(key))


async def bearer(world, token):
    return await world.client.get(LIST, headers={"Authorization": f"Bearer {token}"})


async def sign_in(world, password=PASSWORD, username="admin"):
    return await world.client.post("/api/v1/session", json={"username": username, "password": password})


async def change_secret(world, **texts):
    data = {key: base64.b64encode(value.encode()).decode() for key, value in texts.items()}
    await world.cluster.patch(SECRETS, "argocd-secret", {"data": data}, namespace=world.namespace)


async def test_signing_in_gives_a_token_and_a_cookie(visited):
    answer = await sign_in(visited)
    assert answer.status_code == 200
    cookie = answer.headers["set-cookie"]
    token = answer.json()["token"]
    assert cookie == f"argocd.token={token}; Path=/; SameSite=lax; HttpOnly; Max-Age=86400"
    assert (await visited.client.get(USERINFO)).json() == {
        "loggedIn": True,
        "username": "admin",
        "iss": "argocd",
        "groups": [],
    }
    visited.client.cookies.clear()
    assert (await visited.client.get(USERINFO)).json() == {"loggedIn": False}
    assert (await bearer(visited, token)).status_code == 200


async def test_what_is_wrong_is_not_said(visited):
    wrong = [
        ("admin", "wrong horse"),
        ("admin", ""),
        ("admin", PASSWORD + "\0"),
        ("admin", "x" * 1_000_000),
        ("Admin", PASSWORD),
        ("", PASSWORD),
        ("role:admin", PASSWORD),
        ("nobody", "wrong horse"),
    ]
    answers = [await sign_in(visited, password, username) for username, password in wrong]
    text = "Invalid username or password"
    assert [answer.status_code for answer in answers] == [401] * len(wrong)
    assert [answer.json() for answer in answers] == [{"error": text, "code": 16, "message": text}] * len(wrong)
    assert not any("set-cookie" in answer.headers for answer in answers)


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"username": 1, "password": "x"}', b'{"username": "a"}'])
async def test_a_malformed_sign_in(visited, body):
    answer = await visited.client.post("/api/v1/session", content=body, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (400, 3)


async def test_bytes_behind_what_bcrypt_reads_count(visited):
    # bcrypt ignores everything from byte 73 on: a hash of 72 bytes must not open to a longer password.
    hashed = bcrypt.hashpw(b"a" * 72, bcrypt.gensalt(4)).decode()
    await change_secret(visited, **{"admin.password": hashed})
    await asyncio.sleep(0.1)
    assert (await sign_in(visited, "a" * 72)).status_code == 200
    assert (await sign_in(visited, "a" * 73)).status_code == 401


async def test_after_five_failures_the_password_is_not_looked_at_any_more(visited):
    for _ in range(5):
        assert (await sign_in(visited, "wrong")).status_code == 401
    assert (await sign_in(visited)).status_code == 401
    # Names that do not exist fill no table and free nobody.
    for number in range(20):
        await sign_in(visited, "wrong", f"user{number}")
    assert (await sign_in(visited)).status_code == 401


async def test_a_success_starts_the_count_again(visited):
    for _ in range(4):
        await sign_in(visited, "wrong")
    assert (await sign_in(visited)).status_code == 200
    for _ in range(4):
        await sign_in(visited, "wrong")
    assert (await sign_in(visited)).status_code == 200


async def test_a_crowd_of_failing_sign_ins_is_turned_away_and_harms_nobody(visited):
    answers = await asyncio.gather(*(sign_in(visited, "wrong", f"user{number}") for number in range(90)))
    assert {answer.status_code for answer in answers} <= {401, 429}
    assert (await sign_in(visited)).status_code == 200


async def test_signing_out_ends_the_token_wherever_it_is(visited):
    token = (await sign_in(visited)).json()["token"]
    headers = {"Origin": visited.url, "Content-Type": "application/json"}
    answer = await visited.client.delete("/api/v1/session", headers=headers)
    assert answer.status_code == 200
    assert "argocd.token=; Path=/; SameSite=lax; HttpOnly; Max-Age=0" in answer.headers["set-cookie"]
    assert (await bearer(visited, token)).status_code == 401


async def test_a_changed_password_ends_older_sessions(read):
    changed = (datetime.now(UTC) + timedelta(seconds=2)).isoformat()  # noqa: TID251
    await change_secret(read, **{"admin.passwordMtime": changed})
    await read.until_refused(LIST)
    assert (await read.client.get(LIST)).status_code == 401


async def test_a_disabled_account_is_out_at_once(read):
    data = {"data": {"admin.enabled": "false"}}
    await read.cluster.patch(CONFIG_MAPS, "argocd-cm", data, namespace=read.namespace)
    await read.until_refused(LIST)
    assert (await sign_in(read)).status_code == 401


async def test_a_new_key_ends_every_session(read):
    await change_secret(read, **{"server.secretkey": "n" * 44})
    await read.until_refused(LIST)


FORGERIES = {
    "no algorithm": lambda: forged({"alg": "none"}, claims(), ""),
    "no algorithm, signed": lambda: forged({"alg": "None"}, claims()),
    "wrong signature": lambda: forged({"alg": "HS256"}, claims()),
    "other key": lambda: signed(claims(), b"x" * 44),
    "header brings its key": lambda: forged({"alg": "HS256", "jwk": {"kty": "oct", "k": "a2s"}}, claims()),
    "header names a file": lambda: forged({"alg": "HS256", "kid": "../../key"}, claims()),
    "encrypted": lambda: f"{forged({'alg': 'dir', 'enc': 'A128GCM'}, claims())}.x.y",
    "dots": lambda: "." * 10_000,
    "other issuer": lambda: signed(claims(iss="somebody")),
    "list of issuers": lambda: signed(claims(iss=["argocd"])),
    "api key": lambda: signed(claims(sub="admin:apiKey")),
    "no capability": lambda: signed(claims(sub="admin")),
    "project role": lambda: signed(claims(sub="proj:default:admin")),
    "other user": lambda: signed(claims(sub="bob:login")),
    "no id": lambda: signed(claims(jti=None)),
    "number as id": lambda: signed(claims(jti=5)),
    "no expiry": lambda: signed(claims(exp=None)),
    "expiry as text": lambda: signed(claims(exp="9999999999")),
    "expiry true": lambda: signed(claims(exp=True)),
    "expiry a float": lambda: signed(claims(exp=1e308)),
    "expiry far away": lambda: signed(claims(exp=2**33 - 1)),
    "expired": lambda: signed(claims(exp=int(time.time()) - 1)),
    "from the future": lambda: signed(claims(iat=int(time.time()) + 600)),
    "no start": lambda: signed(claims(iat=None)),
}


@pytest.mark.parametrize("name", sorted(FORGERIES.keys() - {"other user"}))
def test_a_token_that_is_not_ours_proves_nothing(name):
    token = FORGERIES[name]()
    with pytest.raises(BadToken):
        tokens.read(token, key=KEY, now=datetime.now(UTC))  # noqa: TID251


async def test_a_token_that_is_not_ours_is_refused(visited):
    answers = {name: await bearer(visited, forge()) for name, forge in FORGERIES.items()}
    assert {name: answer.status_code for name, answer in answers.items()} == dict.fromkeys(FORGERIES, 401)
    assert {answer.json()["code"] for answer in answers.values()} == {16}


def test_without_a_key_no_token_is_believed():
    with pytest.raises(BadToken):
        tokens.read(signed(claims()), key=b"", now=datetime.now(UTC))  # noqa: TID251


def test_a_session_survives_its_token():
    now = datetime(2026, 1, 2, tzinfo=UTC)
    session = Session("admin", "j", now, now + timedelta(hours=1))
    assert tokens.read(tokens.issue(session, key=KEY), key=KEY, now=now) == session


async def test_a_present_bad_credential_is_not_passed_over(visited):
    await sign_in(visited)
    for header in ("Bearer nonsense", "Basic YWRtaW46eA==", "Bearer", "nonsense"):
        answer = await visited.client.get(USERINFO, headers={"Authorization": header})
        assert answer.status_code == 401, header
    two = [("Authorization", "Bearer a"), ("Authorization", "Bearer b")]
    assert (await visited.client.get(USERINFO, headers=two)).status_code == 401
    assert (await visited.client.get(USERINFO)).json()["loggedIn"]


@pytest.mark.parametrize("length", [1, 3900, 3901, 20_000])
def test_a_token_survives_its_cookies(length):
    token = "".join(chr(ord("a") + number % 26) for number in range(length))
    jar = {}
    for header in cookies.headers(token, seconds=60, secure=True):
        pair, *attributes = header.split("; ")
        assert attributes == ["Path=/", "SameSite=lax", "HttpOnly", "Max-Age=60", "Secure"]
        name, _, value = pair.partition("=")
        jar[name] = value
        assert len(pair) < 4096
    assert cookies.read(dict(reversed(jar.items()))) == token


@pytest.mark.parametrize(
    "jar",
    [
        {"argocd.token": "2:a"},
        {"argocd.token": "21:a", **{f"argocd.token-{n}": "b" for n in range(1, 21)}},
        {"argocd.token": "0:a"},
        {"argocd.token": "-1:a"},
        {"argocd.token": "x:a"},
    ],
)
def test_pieces_that_do_not_fit_are_no_token(jar):
    assert cookies.read(jar) == ""


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "https://sibling.example"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "SELF"}, 403),
        ({"Sec-Fetch-Site": "same-origin"}, 400),
        ({"Origin": "SELF"}, 400),
    ],
)
async def test_only_our_own_page_may_write_with_a_cookie(visited, headers, status):
    await sign_in(visited)
    sent = {name: visited.url if value == "SELF" else value for name, value in headers.items()}
    answer = await visited.client.post(LIST, json={}, headers=sent)
    assert answer.status_code == status, answer.text


async def test_another_site_may_not_read_with_a_cookie(visited):
    await sign_in(visited)
    for path in (LIST, "/api/v1/stream/applications"):
        answer = await visited.client.get(path, headers={"Origin": "https://sibling.example"})
        assert answer.status_code == 403
        assert "access-control-allow-origin" not in answer.headers


async def test_a_session_that_is_about_to_end_is_renewed_for_the_browser(visited):
    now = datetime.now(UTC).replace(microsecond=0)  # noqa: TID251
    soon = Session("admin", "j", now - timedelta(hours=23), now + timedelta(minutes=4))
    token = tokens.issue(soon, key=KEY)
    answer = await visited.client.get(USERINFO, headers={"Cookie": f"argocd.token={token}"})
    assert answer.json()["loggedIn"]
    assert answer.headers["set-cookie"].startswith("argocd.token=ey")
    assert "set-cookie" not in (await bearer(visited, token)).headers


async def test_a_cookie_that_is_over_leads_to_the_sign_in_page(visited):
    await sign_in(visited)
    await change_secret(visited, **{"server.secretkey": "n" * 44})
    await visited.until_refused(LIST)
    answer = await visited.client.get(USERINFO)
    assert answer.json() == {"loggedIn": False}
    assert answer.headers["set-cookie"] == "argocd.token=; Path=/; SameSite=lax; HttpOnly; Max-Age=0"
    assert (await visited.client.get("/api/v1/settings")).status_code == 200
    assert (await sign_in(visited)).status_code == 200
    assert (await visited.client.get(LIST)).status_code == 200


async def test_a_sign_in_is_noted_without_its_password(visited):
    await sign_in(visited)
    (row,) = await visited.store.audit.latest(limit=5)
    assert (row.actor, row.verb, row.outcome) == ("admin", "sign-in", "succeeded")
    assert PASSWORD not in repr(row)
