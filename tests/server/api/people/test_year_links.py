"""Links to a shared year: everybody may look who has one, until it ends or is revoked; all else is 404."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from archive_feed import DAY, MINUTE, NOON, Case, play
from pixels import pixels
from real_servers import TestClickHouse, TestRedis
from server.door.tokens import mint
from server.resources.revocable.year_links import FILE, YEAR_LINKS, link_file
from streakline.people.yearly.links import MOST, YearLink, token_of
from streakline.streams import keys
from wire import SECRET, Client, Serve, eventually, golden

LINKS = "/api/v1/people/ann/years/2026/links"
NAMES = "</title><script>1</script>", "  Jörg \n 太郎 "


def bearer(user: str = "ann", scope: str = "read:self") -> dict[str, str]:
    return {"Authorization": f"Bearer {mint(SECRET, scope, sub=user)}"}


@pytest.fixture
def case(case: Case) -> Case:
    """Three titles of ann in 2026."""
    case.feed.tick(NOON)
    case.feed.send(
        NOON + MINUTE,
        *(
            play(f"song{n}", NOON - (9 - n) * DAY, f"p{n}", 180, userId="ann", creatorId="band", contentDuration=190)
            for n in range(3)
        ),
        {"id": "t", "type": "content", "contentId": "song0", "timestamp": NOON, "title": "夜に駆ける & Über"},
    )  # fmt: skip
    case.settle()
    case.archive.run(waits=31)
    return case


async def made(
    client: Client, status: int = 201, headers: dict[str, str] | None = None, **body: Any
) -> dict[str, Any]:
    async with client.post(LINKS, json=body, headers=headers or bearer()) as response:
        answer: dict[str, Any] = await response.json(content_type=None)
        assert response.status == status, answer
        return answer


async def listed(client: Client) -> list[dict[str, Any]]:
    async with client.get(LINKS, headers=bearer()) as response:
        assert response.status == 200
        links: list[dict[str, Any]] = (await response.json())["links"]
        return links


async def revoked(client: Client, id_: str, headers: dict[str, str] | None = None) -> int:
    async with client.delete(f"{LINKS}/{id_}", headers=headers or bearer()) as response:
        return response.status


def path_of(link: dict[str, Any]) -> str:
    return "/shared" + str(link["url"]).partition("/shared")[2]


async def statuses(client: Client, path: str) -> set[int]:
    """Return what the page and both cards of a link answer."""
    found = set()
    for ending in ("", "/card.png", "/card.svg"):
        async with client.get(path + ending) as response:
            found.add(response.status)
    return found


async def test_who_has_the_link_sees_page_and_card_and_no_id_of_the_person(client: Client):
    link = await made(client, name=NAMES[1], lasts=3600)
    assert list(link) == list(golden("year_link"))
    assert (link["name"], link["year"], link["tz"]) == ("Jörg 太郎", 2026, "UTC")
    assert link["url"].startswith(f"http://{client.host}:{client.port}/shared/year/{link['id']}.")
    path = path_of(link)
    async with client.get(path, params={"utm_source": "chat"}) as response:
        page = await response.text()
        assert (response.status, response.content_type, response.charset) == (200, "text/html", "utf-8")
        assert response.headers["Cache-Control"] == "private, no-cache"
        assert response.headers["X-Robots-Tag"] == "noindex"
        assert response.headers["Referrer-Policy"] == "no-referrer"
        assert "default-src 'none'" in response.headers["Content-Security-Policy"]
        tag = {"If-None-Match": response.headers["ETag"]}
    assert "Jörg 太郎" in page
    assert "夜に駆ける &amp; Über" in page
    assert f'content="{link["url"]}/card.png"' in page
    assert "ann" not in page.replace("Channel", "")
    async with client.get(path, params={"utm_source": "chat"}, headers=tag) as response:
        assert response.status == 304
    async with client.get(f"{path}/card.png", params={"size": "portrait"}) as response:
        assert pixels(await response.read()).shape == (1920, 1080, 3)
    async with client.get(f"{path}/card.svg") as response:
        svg = await response.text()
        assert "Jörg" in svg
        assert "ann" not in svg


async def test_markup_in_a_name_is_text_and_a_name_is_told_only_where_it_was_given(client: Client):
    for name, told in ((NAMES[0], True), ("", False)):
        path = path_of(await made(client, name=name))
        async with client.get(path) as response:
            page = await response.text()
        assert "<script" not in page
        assert ("&lt;script&gt;" in page) is told
        assert ("·" in page.partition("</title>")[0]) is told


async def test_links_are_listed_until_they_are_revoked_or_end_and_are_then_as_if_never_made(client: Client):
    assert await listed(client) == []
    one, two, short = await made(client), await made(client, name="Ann"), await made(client, lasts=0.001)
    assert [list(link) for link in await listed(client)] == [list(golden("year_links")["links"][0])] * 2
    assert {link["id"] for link in await listed(client)} == {one["id"], two["id"]}
    async with client.get(LINKS.replace("2026", "2025"), headers=bearer()) as response:
        assert (await response.json())["links"] == []
    assert await statuses(client, path_of(one)) == {200}
    assert [await revoked(client, one["id"]) for _ in range(2)] == [204, 204]
    assert await statuses(client, path_of(one)) == {404}
    assert await statuses(client, path_of(short)) == {404}
    assert [link["id"] for link in await listed(client)] == [two["id"]]
    assert await statuses(client, path_of(two)) == {200}


async def test_a_token_that_was_made_up_or_changed_opens_nothing_and_is_told_apart_from_none(client: Client):
    link = await made(client)
    path = path_of(link)
    unknown = token_of("aaaaaaaaaa", SECRET)
    foreign = token_of(link["id"], "another secret, long enough")
    bodies = set()
    tokens = (unknown, foreign, link["id"], "ann", "%00", path[len("/shared/year/") :].swapcase())
    for token in (path[:-1], f"{path}x", *(f"/shared/year/{token}" for token in tokens)):
        assert await statuses(client, token) == {404}, token
        async with client.get(token) as response:
            bodies.add(await response.text())
    assert await revoked(client, link["id"]) == 204
    async with client.get(path) as response:
        bodies.add(await response.text())
    async with client.get(path, headers={"Accept": "text/html,*/*"}) as response:
        assert (response.status, response.content_type) == (404, "text/html")
        assert "Nothing is here" in await response.text()
    # Nobody learns whether there ever was such a link.
    assert len(bodies) == 1


async def test_another_persons_token_is_refused_on_every_path(client: Client):
    link = await made(client)
    for headers, status in (
        ({}, 401), (bearer("bea"), 403), (bearer("bea", "read:admin"), 403), (bearer("ann", "write:self"), 403),
    ):  # fmt: skip
        for method, path in (("POST", LINKS), ("GET", LINKS), ("DELETE", f"{LINKS}/{link['id']}")):
            async with client.request(method, path, headers=headers) as response:
                assert response.status == status, (headers, method)
    # Of one's own paths none leads to another's link.
    async with client.delete(
        f"/api/v1/people/bea/years/2026/links/{link['id']}", headers=bearer("bea")
    ) as response:
        assert response.status == 404
    assert await statuses(client, path_of(link)) == {200}
    assert await revoked(client, link["id"], bearer("root", "admin")) == 204


async def test_what_no_link_can_be_made_of_is_refused_by_name(client: Client):
    for body, said in (
        ({"name": "x" * 61}, "60 are the most"), ({"lasts": 0}, "lasts"), ({"lasts": 1e12}, "lasts"),
        ({"name": "a\u202eb"}, "nobody sees"), ({"names": "x"}, "names"),
    ):  # fmt: skip
        problem = await made(client, 400, **body)
        assert problem["type"].endswith(":link")
        assert said in problem["detail"]
    async with client.post(LINKS.replace("2026", "2019"), headers=bearer()) as response:
        assert (response.status, (await response.json(content_type=None))["type"][-9:]) == (404, ":no-plays")
    async with client.post(
        LINKS, params={"tz": "Asia/Tokyo"}, headers=bearer()
    ) as response:  # without a body
        assert (response.status, (await response.json())["tz"]) == (201, "Asia/Tokyo")
    for n in range(MOST):
        await client.app[YEAR_LINKS].add(YearLink(f"link{n}", "ann", 2026, "UTC"))
    assert (await made(client, 409))["type"].endswith(":too-many-links")


async def test_a_link_stands_while_its_secret_is_known_and_without_one_none_is_made(
    serve: Serve, case: Case, clickhouse_server: TestClickHouse, client: Client
):
    path = path_of(await made(client))
    history = {"roles": ("api",), "history_url": clickhouse_server.history_url, "shards": 1}
    renewed = await serve(**history, secret="a newer secret, also long enough", older_secrets=(SECRET,))
    assert await statuses(renewed, path) == {200}
    changed = await serve(**history, secret="a newer secret, also long enough")
    assert await statuses(changed, path) == {404}


async def test_links_and_the_picture_of_their_page_begin_with_the_public_address_whatever_the_host_is(
    serve: Serve, case: Case, clickhouse_server: TestClickHouse
):
    history = {"roles": ("api",), "history_url": clickhouse_server.history_url, "shards": 1}
    client = await serve(**history, public_url="https://example.org/music/")
    elsewhere = {"Host": "elsewhere.example"}
    link = await made(client, headers=bearer() | elsewhere)
    assert link["url"].startswith("https://example.org/music/shared/year/")
    assert [one["url"] for one in await listed(client)] == [link["url"]]
    async with client.get(path_of(link), headers=elsewhere) as response:
        page = await response.text()
    assert f'content="{link["url"]}/card.png"' in page
    assert "elsewhere" not in page
    assert await statuses(client, path_of(link)) == {200}


async def test_a_revocation_outlives_a_redis_that_went_back(
    serve: Serve, store: TestRedis, case: Case, clickhouse_server: TestClickHouse, tmp_path: Path
):
    settings = {"roles": ("api",), "redis_url": store.url, "shards": 1}
    client = await serve(**settings)
    links = client.app[YEAR_LINKS]
    for id_ in ("aaaaaaaaaa", "bbbbbbbbbb"):
        await links.add(YearLink(id_, "ann", 2026, "UTC"))
    copy = store.copy_out(tmp_path)
    await links.revoke("aaaaaaaaaa", 7)
    await links.add(YearLink("cccccccccc", "ann", 2026, "UTC"))
    store.go_back(copy)

    def held() -> tuple[int, int]:
        with store.client() as redis:
            return redis.hlen(keys.YEAR_LINKS), redis.hlen(keys.YEAR_LINKS_REVOKED)

    assert held() == (2, 0)
    await eventually(lambda: held() == (3, 1))
    assert await statuses(client, f"/shared/year/{token_of('aaaaaaaaaa', SECRET)}") == {404}
    await client.close()
    # Without a Redis that knows anything the file does.
    store.go_back(None)
    client = await serve(**settings)
    assert client.app[YEAR_LINKS].known == link_file(tmp_path).read()
    assert (tmp_path / FILE).stat().st_mode & 0o777 == 0o600
    assert [link["id"] for link in await listed(client)] == ["bbbbbbbbbb", "cccccccccc"]
