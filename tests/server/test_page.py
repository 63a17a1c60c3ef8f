"""The built page: cached where names carry a hash, one index for its own paths, nothing outside the folder."""

import gzip
from pathlib import Path

import pytest
from yarl import URL

from streakline.settings import Settings
from wire import Serve


@pytest.fixture
def built(settings: Settings) -> Path:
    """Return the folder of a built page."""
    folder = Path(settings.page)
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("<!doctype html><title>Streakline</title>")
    (folder / "assets" / "index-1a2b3c.js").write_text("1")
    (folder.parent / "secret.txt").write_text("secret")
    (folder / "link.txt").symlink_to(folder.parent / "secret.txt")
    return folder


@pytest.mark.parametrize(
    "path", ["/", "/live", "/content/track-1", "/content/Mr. Brightside", "/content/a.js", "/index.html"]
)
@pytest.mark.usefixtures("built")
async def test_the_pages_own_paths_give_the_index(serve: Serve, path: str) -> None:
    async with (await serve()).get(path) as response:
        assert response.status == 200
        assert response.content_type == "text/html"
        assert "Streakline" in await response.text()
        assert response.headers["Cache-Control"] == "no-cache"
        assert "default-src 'self'" in response.headers["Content-Security-Policy"]
        assert response.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.usefixtures("built")
async def test_files_with_a_hash_in_their_names_are_kept_for_ever(serve: Serve) -> None:
    async with (await serve()).get("/assets/index-1a2b3c.js") as response:
        assert response.content_type.endswith("/javascript")
        assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"


@pytest.mark.parametrize(
    "path", ["/assets/gone.js", "/link.txt", "/%2e%2e/secret.txt", "/..%2fsecret.txt", "/api"]
)
@pytest.mark.usefixtures("built")
async def test_what_is_not_part_of_the_page_is_not_found(serve: Serve, path: str) -> None:
    async with (await serve()).get(path) as response:
        assert response.status == 404
        assert "secret" not in (await response.text()).replace("secret.txt", "")


async def test_a_page_that_is_not_built_says_how_to(serve: Serve) -> None:
    async with (await serve()).get("/") as response:
        assert response.status == 404
        assert "the page is not built" in (await response.json(content_type=None))["detail"]


@pytest.mark.parametrize(
    ("path", "base"),
    [
        ("/", None),
        ("/live", None),
        ("/?tz=UTC/x", None),
        ("/content/track-1", "../"),
        ("/content/", "../"),
        ("/a/b/c", "../../"),
        ("/content%2Ftrack-1", None),
    ],
)
async def test_an_address_below_the_root_is_told_where_the_root_is(
    serve: Serve, built: Path, path: str, base: str | None
) -> None:
    (built / "index.html").write_text("<!doctype html><head><title>Streakline</title>")
    client = await serve()
    async with client.session.get(URL(f"http://{client.host}:{client.port}{path}", encoded=True)) as response:
        text = await response.text()
        assert "base-uri 'self'" in response.headers["Content-Security-Policy"]
    assert ("<base" in text) == (base is not None)
    if base is not None:
        assert f'<head><base href="{base}"><title>' in text


async def test_compressed_files_go_to_who_takes_them_and_caches_tell_them_apart(
    serve: Serve, built: Path
) -> None:
    name = "assets/index-1a2b3c.js"
    (built / f"{name}.gz").write_bytes(gzip.compress(b"1"))
    client = await serve()
    tags = set()
    for accepted, coding in (("gzip, br", "gzip"), ("identity", None)):
        headers = {"Accept-Encoding": accepted}
        async with client.get(f"/{name}", headers=headers) as response:
            assert response.headers.get("Content-Encoding") == coding
            assert response.headers["Vary"] == "Accept-Encoding"
            assert response.content_type.endswith("/javascript")
            assert await response.text() == "1"
            tags.add(tag := response.headers["ETag"])
        async with client.get(f"/{name}", headers=headers | {"If-None-Match": tag}) as response:
            assert (response.status, response.headers["Vary"]) == (304, "Accept-Encoding")
    assert len(tags) == 2
