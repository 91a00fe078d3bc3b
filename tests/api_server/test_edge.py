"""What holds for every route: who may come in, what is read of a request, and the headers of every answer."""

import pytest

from api_server.routes import ALL

OPEN = {
    ("POST", "/api/v1/session"),
    ("DELETE", "/api/v1/session"),
    ("GET", "/api/v1/session/userinfo"),
    ("GET", "/api/version"),
    ("GET", "/api/v1/settings"),
    ("GET", "/healthz"),
}

ROUTES = sorted(
    (method, route.path) for router in ALL for route in router.routes for method in route.methods if method != "HEAD"
)


def filled(path: str) -> str:
    for name in ("name", "revision", "identity:path", "repo:path", "url:path"):
        path = path.replace(f"{{{name}}}", "https://x" if ":" in name else "x")
    assert "{" not in path
    return path


async def test_nobody_gets_anything_without_signing_in(visited):
    closed = [each for each in ROUTES if each not in OPEN]
    bodies = {method: None if method == "GET" else {} for method, _ in closed}
    answers = {each: await visited.send(each[0], filled(each[1]), bodies[each[0]]) for each in closed}
    assert {each: answer.status_code for each, answer in answers.items()} == dict.fromkeys(closed, 401)
    assert {answer.json()["code"] for answer in answers.values()} == {16}


def test_there_are_routes_to_try():
    assert len(ROUTES) > 30
    assert set(ROUTES) >= OPEN


async def test_who_has_not_signed_in_sees_only_what_the_sign_in_page_needs(visited):
    assert set((await visited.client.get("/api/version")).json()) == {"Version"}
    shown = (await visited.client.get("/api/v1/settings")).json()
    assert "controllerNamespace" not in shown
    assert "problems" not in shown
    assert shown["url"] == "https://argosy.example"


@pytest.mark.parametrize("content_type", [None, "text/plain", "application/x-www-form-urlencoded"])
async def test_what_is_not_declared_as_json_is_not_read(read, content_type):
    headers = {} if content_type is None else {"Content-Type": content_type}
    writing = [each for each in ROUTES if each[0] != "GET"]
    answers = {
        (method, path): await read.client.request(method, filled(path), content=b"{}", headers=headers)
        for method, path in writing
    }
    assert {each: answer.status_code for each, answer in answers.items()} == dict.fromkeys(writing, 415)


async def test_a_body_that_is_too_large_is_not_read(read):
    headers = {"Content-Type": "application/json"}
    declared = await read.client.post("/api/v1/applications", content=b" " * 9_000_000, headers=headers)
    assert declared.status_code == 413

    async def chunks():
        for _ in range(9):
            yield b" " * 1_000_000

    undeclared = await read.client.post("/api/v1/applications", content=chunks(), headers=headers)
    assert undeclared.status_code == 413


async def test_a_body_that_is_no_application_is_refused_kindly(read):
    headers = {"Content-Type": "application/json"}
    for body in (b"", b"{", b"[" * 100_000, b'{"a": NaN}', b"\xff", b'"text"', b"[]", b"null"):
        answer = await read.client.post("/api/v1/applications", content=body, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (400, 3), answer.text
        assert "Traceback" not in answer.text


async def test_every_answer_carries_the_headers(visited):
    for path in ("/", "/api/v1/settings", "/api/v1/applications", "/swagger.json", "/nowhere"):
        headers = (await visited.client.get(path)).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "sameorigin"
        assert headers["referrer-policy"] == "same-origin"
        assert "frame-ancestors 'self';" in headers["content-security-policy"]
        assert "script-src 'self';" in headers["content-security-policy"]
        assert len(headers["x-request-id"]) == 32
        assert "x-xss-protection" not in headers
        assert "server" not in headers


async def test_what_the_api_answers_is_not_kept(read):
    assert (await read.client.get("/api/v1/applications")).headers["cache-control"] == "no-store"


async def test_a_query_parameter_that_does_not_have_its_type_is_named(read):
    answer = await read.client.get("/api/v1/applications/x", params={"refresh": "soft"})
    assert answer.status_code == 400
    assert "refresh" in answer.json()["message"]
    assert (await read.client.get("/api/v1/applications", params={"selector": "a=="})).status_code == 200
    assert (await read.client.get("/api/v1/applications", params={"selector": "a==="})).status_code == 400


async def test_an_unknown_path_of_the_api_is_not_the_page(read):
    answer = await read.client.get("/api/v1/nothing")
    assert (answer.status_code, answer.json()["code"]) == (404, 5)
    answer = await read.client.delete("/api/version", headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (405, 12)


async def test_the_openapi_document_is_whole(visited):
    document = (await visited.client.get("/swagger.json")).json()
    names = [each["operationId"] for path in document["paths"].values() for each in path.values()]
    assert {"ApplicationService_List", "ApplicationService_Sync", "SessionService_Create"} <= set(names)
    assert len(names) == len(set(names))
    known = set(document["components"]["schemas"])

    def references(value):
        match value:
            case {"$ref": str(reference)}:
                yield reference.rpartition("/")[2]
            case dict():
                for each in value.values():
                    yield from references(each)
            case list():
                for each in value:
                    yield from references(each)

    assert set(references(document)) <= known
    assert "Application" in known


async def test_large_answers_are_compressed(visited):
    answer = await visited.client.get("/swagger.json", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["content-encoding"] == "gzip"


async def test_a_forged_address_frees_nobody(visited):
    body = {"username": "admin", "password": "wrong"}
    for number in range(5):
        headers = {"X-Forwarded-For": f"10.0.0.{number}"}
        await visited.client.post("/api/v1/session", json=body, headers=headers)
    headers = {"X-Forwarded-For": "10.9.9.9"}
    right = {"username": "admin", "password": "correct horse"}
    assert (await visited.client.post("/api/v1/session", json=right, headers=headers)).status_code == 401
