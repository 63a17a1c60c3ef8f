"""The dashboard of an artist: his tracks and nobody else's, whoever they were before; who may see it."""

from __future__ import annotations

from typing import Any

import pytest

from archive_feed import DAY, HOUR, MINUTE, NOON, Case, play
from server.door.tokens import mint
from server.resources import kept
from streakline.times import iso
from wire import SECRET, Client, golden, shape

URL, AS_OF = "/api/dashboard/stats", iso(NOON)


def token(scope: str, **claims: Any) -> dict[str, str]:
    return {"Authorization": f"Bearer {mint(SECRET, scope, **claims)}"}


BAND = token("read:self", sub="ann", creators=["band"])


@pytest.fixture
def case(case: Case) -> Case:
    case.feed.tick(NOON)
    case.feed.send(
        NOON + MINUTE,
        play("song", NOON - 40 * DAY, "old", 200, creatorId="band", contentType="track", sessionId="x"),
        play("song", NOON - 2 * DAY, "p1", 100, creatorId="band", sessionId="x", contentDuration=200),
        play("song", NOON - 2 * DAY + HOUR, "p2", 5, creatorId="band", sessionId="x"),
        play("tune", NOON - DAY, "p3", 200, creatorId="band", sessionId="y", userId="eve", country="DE"),
        play("song", NOON - MINUTE, "p4", 31, creatorId="band", source="search", sessionId="z"),
        play("other", NOON - MINUTE, "p5", 31, creatorId="duo", sessionId="z"),
        play("nobodys", NOON - MINUTE, "p6", 31, sessionId="z"),
        {"id": "l", "type": "like", "contentId": "song", "timestamp": NOON - DAY},
        {"id": "m", "type": "like", "contentId": "other", "timestamp": NOON - DAY},
        {"id": "s", "type": "share", "contentId": "tune", "timestamp": NOON - DAY, "platform": "mail"},
        {"id": "t", "type": "content", "contentId": "song", "timestamp": NOON - DAY, "title": "A Song"},
        {"id": "c", "type": "creator", "creatorId": "band", "timestamp": NOON - DAY, "name": "The Band"},
    )
    case.settle()
    case.feed.tick(NOON + 14 * HOUR)
    case.settle()
    return case


async def asked(
    client: Client, status: int = 200, headers: dict[str, str] = BAND, **parameters: str
) -> dict[str, Any]:
    async with client.get(URL, params={"asOf": AS_OF, **parameters}, headers=headers) as response:
        body: dict[str, Any] = await response.json(content_type=None)
        assert response.status == status, body
        return body


async def test_a_dashboard_has_the_numbers_of_the_artists_tracks_alone(client: Client) -> None:
    body = await asked(client, timeRange="30d")
    assert shape(body) == shape(golden("dashboard_stats"))
    assert body["overview"] == {
        "totalTracks": 2, "totalPlays": 3, "totalLikes": 1, "totalShares": 1, "totalDownloads": 0, "totalSaves": 0,
        "uniqueListeners": 4, "uniquePlays": 3, "avgDuration": 110.33, "avgCompletionRate": 50.0,
    }  # fmt: skip
    assert body["artistProfile"] == {
        "id": "band", "name": "The Band", "followers": 0, "following": 0
    }  # fmt: skip
    assert [(track["title"], track["plays"], track["likes"]) for track in body["topTracks"]] == [
        ("A Song", 2, 1),
        ("tune", 1, 0),
    ]
    assert body["engagementMetrics"] == {
        "likeRate": 33.33, "shareRate": 33.33, "saveRate": 0.0, "downloadRate": 0.0, "completionRate": 50.0
    }  # fmt: skip
    assert body["growthMetrics"] == {
        "plays": 200.0, "likes": None, "shares": None,
        "previousPlays": 1, "previousLikes": 0, "previousShares": 0,
    }  # fmt: skip


async def test_recent_activity_is_the_newest_before_the_moment_and_names_no_listener(client: Client) -> None:
    recent = (await asked(client, timeRange="24h"))["recentActivity"]
    assert recent["plays"] == [
        {"trackId": "song", "title": "A Song", "timestamp": iso(NOON - MINUTE), "source": "search", "country": None},
        {"trackId": "tune", "title": "tune", "timestamp": iso(NOON - DAY), "source": None, "country": "DE"},
        {"trackId": "song", "title": "A Song", "timestamp": iso(NOON - 2 * DAY), "source": None, "country": None},
        {"trackId": "song", "title": "A Song", "timestamp": iso(NOON - 40 * DAY), "source": None, "country": None},
    ]  # fmt: skip
    assert [like["trackId"] for like in recent["likes"]] == ["song"]
    earlier = (await asked(client, asOf=iso(NOON - MINUTE)))["recentActivity"]["plays"]
    assert earlier == recent["plays"][1:]


async def test_a_track_that_changes_hands_takes_its_history_along(client: Client, case: Case) -> None:
    duo = token("read:self", sub="duo")
    assert (await asked(client, headers=duo, timeRange="all"))["overview"]["totalPlays"] == 1
    for at, owner in enumerate(["duo", "band", "duo"]):
        case.feed.send(
            NOON + 14 * HOUR + at,
            {"id": f"o{at}", "type": "content", "contentId": "song", "timestamp": NOON, "creatorId": owner},
            # What a play says weighs less than the catalogue.
            play("song", NOON + 13 * HOUR, f"late{at}", 200, creatorId="band"),
        )
        case.settle()
        mine, its = await asked(client, timeRange="all"), await asked(client, headers=duo, timeRange="all")
        plays = [body["overview"]["totalPlays"] for body in (mine, its)]
        assert plays == ([1, 4] if owner == "duo" else [4, 1])
        assert [track["trackId"] for track in its["topTracks"]] == (
            ["song", "other"] if owner == "duo" else ["other"]
        )
        assert its["overview"]["totalTracks"] == (2 if owner == "duo" else 1)


async def test_a_type_narrows_everything_to_contents_of_that_type(client: Client, case: Case) -> None:
    case.feed.send(
        NOON + 14 * HOUR,
        {"id": "y", "type": "content", "contentId": "tune", "timestamp": NOON, "contentType": "mix"},
    )
    case.settle()
    whole = await asked(client, timeRange="all")
    kinds = {kind: await asked(client, timeRange="all", type=kind) for kind in ("track", "mix", "film")}
    overviews = [kinds[kind]["overview"] for kind in ("track", "mix", "film")]
    assert [overview["totalTracks"] for overview in overviews] == [1, 1, 0]
    assert [overview["totalPlays"] for overview in overviews] == [3, 1, 0]
    assert whole["overview"]["totalTracks"] == 2
    assert [[track["trackId"] for track in kinds[kind]["topTracks"]] for kind in ("track", "mix", "film")] == [
        ["song"], ["tune"], []
    ]  # fmt: skip
    for member in ("plays", "likes"):
        both = [event for kind in ("track", "mix") for event in kinds[kind]["recentActivity"][member]]
        assert sorted(both, key=str) == sorted(whole["recentActivity"][member], key=str)
    assert {event["trackId"] for event in kinds["mix"]["recentActivity"]["plays"]} == {"tune"}
    assert kinds["film"]["playlistStats"] == whole["playlistStats"]
    assert (await asked(client, 400, type=""))["type"].endswith(":parameter")


async def test_all_of_history_has_no_range_before(client: Client) -> None:
    body = await asked(client, timeRange="all")
    assert body["overview"]["totalPlays"] == 4
    assert set(body["growthMetrics"].values()) == {None}


async def test_who_has_no_tracks_has_an_empty_dashboard(client: Client) -> None:
    body = await asked(client, headers=token("read:self", sub="new"))
    assert (body["overview"]["totalTracks"], body["topTracks"]) == (0, [])
    assert body["recentActivity"] == {"plays": [], "likes": []}
    assert body["artistProfile"]["name"] == "new"


async def test_another_artists_numbers_are_refused(client: Client) -> None:
    for headers, artist, status, code in (
        (dict[str, str](), None, 401, "token-missing"),
        (token("read:public", creators=["band"]), None, 403, "scope-missing"),
        (BAND, "duo", 403, "owner"),
        (BAND, "ann", 403, "owner"),
        (token("read:self", sub="ann", creators=["band", "duo"]), None, 400, "artist"),
        (token("read:admin"), None, 400, "artist"),
        (BAND, "", 400, "artist"),
    ):
        given = {} if artist is None else {"artist": artist}
        body = await asked(client, status, headers, **given)
        assert body["type"].rpartition(":")[2] == code, (headers, artist)


async def test_who_speaks_for_several_names_one(client: Client) -> None:
    several = token("read:self", sub="ann", creators=["band", "duo"])
    for headers in (several, token("read:admin"), token("admin")):
        assert (await asked(client, headers=headers, artist="band"))["artistProfile"]["id"] == "band"
        assert (await asked(client, headers=headers, artist="duo"))["artistProfile"]["id"] == "duo"


def stated(what: str, **facts: Any) -> dict[str, Any]:
    return {"id": f"c-{what}", "type": "content", "contentId": what, "timestamp": NOON, **facts}


def saved(n: int, track: str, playlist: str, kind: str = "save") -> dict[str, Any]:
    return {
        "id": f"v{n}",
        "type": kind,
        "contentId": track,
        "playlistId": playlist,
        "timestamp": NOON - HOUR + n,
    }


async def test_playlists_and_submissions_are_contents_of_the_catalogue(client: Client, case: Case) -> None:
    case.feed.send(
        NOON + 14 * HOUR,
        stated("list-1", contentType="playlist", creatorId="band", title="My List"),
        stated("list-2", contentType="playlist", creatorId="duo", title="Their List"),
        *(
            stated(f"sub-{n}", contentType="submission", creatorId="band", parentId="list-2", properties={"status": of})
            for n, of in enumerate(["pending", "accepted", "accepted", "withdrawn"])
        ),
        saved(1, "song", "list-2"), saved(2, "tune", "list-2"), saved(3, "song", "list-2", "unsave"),
        saved(4, "song", "list-3"), saved(5, "song", "list-3", "unsave"), saved(6, "other", "list-4"),
        play("song", NOON - HOUR, "listed", 60, source="playlist", playlistId="list-2"),
    )  # fmt: skip
    case.settle()
    body = await asked(client, timeRange="30d")
    found = body["playlistStats"]
    assert (found["totalPlaylists"], found["playlists"]) == (
        1,
        [{"playlistId": "list-1", "title": "My List"}],
    )
    assert found["submissionCounts"] == {"total": 4, "pending": 1, "accepted": 2, "declined": 0}
    assert {(one["submissionId"], one["playlistId"], one["status"]) for one in found["submissions"]} == {
        ("sub-0", "list-2", "pending"), ("sub-1", "list-2", "accepted"),
        ("sub-2", "list-2", "accepted"), ("sub-3", "list-2", "withdrawn"),
    }  # fmt: skip
    assert (found["featuredIn"], found["playsFromPlaylists"]) == (1, 1)
    assert body["overview"]["totalTracks"] == 2
    assert (await asked(client, timeRange="30d", asOf=iso(NOON - HOUR)))["playlistStats"]["featuredIn"] == 0


async def test_without_a_statement_the_newest_play_says_whose_a_track_is(client: Client, case: Case) -> None:
    duo = token("read:self", sub="duo")
    for at, owner in enumerate(["band", "duo", "band", "duo"]):
        # Each shows whether archive still knows what it wrote before; a play that names nobody says nothing.
        silent = play("tune", NOON - HOUR + at, f"silent{at}", 60)
        case.feed.send(
            NOON + 14 * HOUR + at, play("tune", NOON - 2 * HOUR + at, f"own{at}", 60, creatorId=owner), silent
        )
        case.settle()
        tracks = [(await asked(client, headers=whose))["overview"]["totalTracks"] for whose in (BAND, duo)]
        assert tracks == ([2, 1] if owner == "band" else [1, 2])


async def test_what_happened_last_is_in_the_next_answer_also_about_a_range_long_over(
    client: Client, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept, "NOW_SECONDS", 60.0)  # longer than this test takes
    over = {"from": iso(NOON - 3 * DAY), "to": iso(NOON - 2 * DAY)}
    before = await lately(client, **over)
    at = NOON + 14 * HOUR
    case.feed.send(at + MINUTE, play("song", at, "p7", 60, creatorId="band", sessionId="z"))
    case.settle()
    assert (await lately(client, **over))[0] == iso(at) not in before


async def lately(client: Client, **parameters: str) -> list[str]:
    """Return when the last plays were, as of now."""
    async with client.get(URL, params=parameters, headers=BAND) as response:
        assert response.status == 200
        return [play["timestamp"] for play in (await response.json())["recentActivity"]["plays"]]
