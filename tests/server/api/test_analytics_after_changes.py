"""Analytics show what was counted or stated since: an old play, when a content was made, whose it is."""

from __future__ import annotations

from typing import Any

import pytest

from archive_feed import DAY, HOUR, NOON, Case, play
from server.door.tokens import mint
from small_histories import feed_a_track
from streakline.times import iso
from wire import SECRET, Client

ADMIN = {"Authorization": f"Bearer {mint(SECRET, 'read:admin')}"}


@pytest.fixture
def case(case: Case) -> Case:
    feed_a_track(case)
    return case


async def asked(client: Client, path: str, status: int = 200, **parameters: str) -> dict[str, Any]:
    async with client.get(path, params=parameters, headers=ADMIN) as response:
        body: dict[str, Any] = await response.json(content_type=None)
        assert response.status == status, body
        return body


URL, AS_OF = "/api/stats/analytics", iso(NOON)


async def test_an_old_play_shows_in_every_range_it_lies_in(client: Client, case: Case) -> None:
    before = (await asked(client, URL, timeRange="90d", asOf=AS_OF))["plays"]["totalPlays"]
    case.feed.send(NOON + 14 * HOUR, play("song", NOON - 20 * DAY, "late", 60))
    case.settle()
    after = (await asked(client, URL, timeRange="90d", asOf=AS_OF))["plays"]["totalPlays"]
    assert after == before + 1


@pytest.mark.parametrize("created", ["2020-02-03T04:05:06Z", 1_580_702_706_000])
async def test_when_a_content_was_made_reads_the_same_however_it_was_stated(
    client: Client, case: Case, created: str | int
) -> None:
    stated = {"id": "made", "type": "content", "contentId": "song", "timestamp": NOON, "createdAt": created}
    case.feed.send(NOON + 14 * HOUR, stated)
    case.settle()
    body = await asked(client, "/api/analytics/mashups/song")
    assert (body["mashup"]["createdAt"], body["mashup"]["createdAtIs"]) == (
        "2020-02-03T04:05:06.000Z",
        "stated",
    )


async def test_an_artist_has_every_group_of_his_tracks_as_the_track_alone_has(
    client: Client, case: Case
) -> None:
    owner = {"id": "o", "type": "content", "contentId": "song", "timestamp": NOON - DAY, "creatorId": "band"}
    case.feed.send(NOON + 14 * HOUR, owner)
    case.settle()
    for name in ("7d", "30d", "all"):
        track = await asked(client, URL, trackId="song", timeRange=name, asOf=AS_OF)
        artist = await asked(client, URL, artistId="band", timeRange=name, asOf=AS_OF)
        assert (track.pop("trackId"), artist.pop("artistId")) == ("song", "band")
        assert artist == track
    likes = await asked(client, URL, artistId="band", timeRange="7d", asOf=AS_OF, metric="likes")
    assert (likes["likes"], "plays" in likes) == ({"totalLikes": 1}, False)
