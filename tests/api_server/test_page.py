"""The web page's files: the first one for every address of the page, hashed ones for ever, nothing from outside."""

import pytest


@pytest.fixture
async def paged(serve_with_page, tmp_path):
    folder = tmp_path / "dist"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("<title>Argosy</title>")
    (folder / "assets" / "app-1a2b.js").write_text("run()")
    (folder / "assets" / "link.js").symlink_to(tmp_path / "outside")
    (folder / "favicon.svg").write_text("<svg/>")
    (tmp_path / "outside").write_text("c4n4ry")
    async with serve_with_page(folder) as world:
        yield world


async def test_every_address_of_the_page_is_its_first_file(paged):
    for path in ("/", "/applications", "/applications/argocd/guestbook", "/login?return=/x"):
        answer = await paged.client.get(path)
        assert (answer.status_code, answer.text) == (200, "<title>Argosy</title>")
        assert answer.headers["cache-control"] == "no-cache"
        assert answer.headers["content-type"].startswith("text/html")


async def test_files_whose_name_holds_their_hash_are_kept(paged):
    answer = await paged.client.get("/assets/app-1a2b.js")
    assert (answer.status_code, answer.text) == (200, "run()")
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert (await paged.client.get("/favicon.svg")).headers["cache-control"] == "no-cache"


async def test_a_file_that_is_not_there_is_not_the_page_and_not_kept(paged):
    answer = await paged.client.get("/assets/old-0000.js")
    assert answer.status_code == 404
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "path", ["/assets/link.js", "/..%2foutside", "/assets/..%2f..%2foutside", "/%2e%2e/outside", "//outside"]
)
async def test_nothing_from_outside_is_shown(paged, path):
    assert "c4n4ry" not in (await paged.client.get(path)).text


async def test_the_api_is_never_the_page(paged):
    answer = await paged.client.get("/api/v1/nope")
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/json")


async def test_a_page_that_is_not_built_says_what_to_do(visited):
    answer = await visited.client.get("/applications")
    assert answer.status_code == 503
    assert "make ui" in answer.text
