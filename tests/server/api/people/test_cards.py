"""The card of a year by pixels: what is written on it is there to be seen."""

from __future__ import annotations

import asyncio

import numpy as np
import pytest

from archive_feed import DAY, HOUR, MINUTE, NOON, Case, play
from pixels import Pixels, pixels
from server.door.tokens import mint
from server.resources.sharing import pictures
from server.resources.sharing.pictures import Pictures, PicturesBusy
from server.resources.sharing.typefaces import typefaces
from streakline.people.yearly.card import PLACES, SIZES, card
from streakline.times import iso
from wire import SECRET, Client
from year_facts import ranked, year_of

AS_OF = iso(NOON + HOUR)
PATH = "/api/v1/people/ann/years/2026"
TITLES = slice(268, 498), slice(690, 1080)
"""Where the wide card has its titles: rows and columns."""


def bearer(user: str = "ann", scope: str = "read:self") -> dict[str, str]:
    return {"Authorization": f"Bearer {mint(SECRET, scope, sub=user)}"}


async def drawn(*titles: str) -> Pixels:
    """Return the part of a card where its titles stand."""
    one = card(year_of(top_titles=ranked(*titles)), SIZES["landscape"], typefaces())
    fonts = [str(face.path) for face in typefaces() if face.family in one.families]
    return pixels(await Pictures().png(one.svg, fonts))[TITLES]


def rows(picture: Pixels) -> list[Pixels]:
    """Return the lines of titles of a picture of them."""
    return [picture[46 * place : 46 * (place + 1)] for place in range(PLACES)]


def inked(picture: Pixels) -> int:
    """Return how many pixels are as light as a letter."""
    return int((picture.min(axis=2) > 150).sum())


async def test_umlauts_and_japanese_are_ink_on_the_card():
    empty, plain, umlauts, night, crimson = [
        await drawn(title) for title in (" ", "Motorhead", "Motörhead", "夜", "紅")
    ]
    assert inked(plain) > inked(empty) + 200
    # The dots over the o, and nothing below them.
    changed = np.argwhere((plain != umlauts).any(axis=2))
    assert 0 < len(changed) < 200
    assert changed[:, 0].max() - changed[:, 0].min() < 12
    assert inked(umlauts) > inked(plain)
    # Two signs that differ: a box in place of each would be the same picture.
    assert min(inked(night), inked(crimson)) > inked(empty) + 100
    assert (night != crimson).any()


async def test_every_script_that_there_is_a_typeface_for_is_written():
    words = (
        "Łódź Győr Dvořák", "Ελλάδα", "Москва", "夜に駆ける", "我的歌", "한국 노래", "שלום", "عربي", "ไทย", "हिन्दी",
        "தமிழ்", "ქართული", "Հայերեն", "🎵", "★ ♥",
    )  # fmt: skip
    box, empty = rows(await drawn("\U0010fffd", " "))[:2]
    for first in range(0, len(words), PLACES):
        several = words[first : first + PLACES]
        svg = card(year_of(top_titles=ranked(*several)), SIZES["landscape"], typefaces()).svg
        assert "□" not in svg, several
        for word, row in zip(several, rows(await drawn(*several)), strict=True):
            assert inked(row) > inked(empty) + 20, word
            assert inked(row) != inked(box), word


async def test_a_picture_is_drawn_once_for_all_who_ask_for_it_meanwhile_and_no_more_than_so_many_wait(
    monkeypatch: pytest.MonkeyPatch,
):
    begun: list[bytes] = []
    go_on = asyncio.Event()

    async def slow(asked: bytes) -> bytes:
        begun.append(asked)
        await go_on.wait()
        return asked

    monkeypatch.setattr(pictures, "_rasterized", slow)
    ours = Pictures()
    same = [asyncio.create_task(ours.png("<svg/>", ["f"])) for _ in range(5)]
    others = [asyncio.create_task(ours.png(f"<svg>{n}</svg>", [])) for n in range(pictures.MOST_WAITING - 1)]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    with pytest.raises(PicturesBusy, match="20 pictures"):
        await ours.png("<svg>one more</svg>", [])
    assert len(begun) == pictures.AT_ONCE
    same[0].cancel()  # who leaves takes it from nobody else
    go_on.set()
    assert len(set(await asyncio.gather(*same[1:]))) == 1
    await asyncio.gather(*others)
    assert len(begun) == pictures.MOST_WAITING
    await ours.png("<svg/>", ["f"])
    assert len(begun) == pictures.MOST_WAITING  # kept


async def test_a_picture_that_takes_too_long_is_given_up_and_one_that_is_none_is_an_error(
    monkeypatch: pytest.MonkeyPatch,
):
    with pytest.raises(RuntimeError, match="was not drawn"):
        await Pictures().png("<svg", [])
    monkeypatch.setattr(pictures, "SECONDS", 0.001)
    with pytest.raises(PicturesBusy, match="within"):
        await Pictures().png("<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>", [])


@pytest.fixture
def case(case: Case) -> Case:
    """Three titles of ann, by an artist with a name of two scripts."""
    case.feed.tick(NOON)
    case.feed.send(
        NOON + MINUTE,
        *(
            play(f"song{n}", NOON - (9 - n) * DAY, f"p{n}", 180, userId="ann", creatorId="band", contentDuration=190)
            for n in range(3)
        ),
        {"id": "t", "type": "content", "contentId": "song0", "timestamp": NOON, "title": "夜に駆ける & Über"},
        {"id": "c", "type": "creator", "creatorId": "band", "timestamp": NOON, "name": "Motörhead <3"},
    )  # fmt: skip
    case.settle()
    case.archive.run(waits=31)
    return case


async def test_the_card_of_a_person_is_answered_as_svg_and_as_png_in_two_sizes(client: Client):
    pngs = {}
    for size, shape in (("landscape", (630, 1200)), ("portrait", (1920, 1080))):
        params = {"asOf": AS_OF, "size": size}
        async with client.get(f"{PATH}/card.svg", params=params, headers=bearer()) as response:
            svg = await response.text()
            assert (response.status, response.content_type) == (200, "image/svg+xml")
            assert response.headers["Cache-Control"] == "private, no-cache"
            assert "default-src 'none'" in response.headers["Content-Security-Policy"]
            assert "Motörhead &lt;3" in svg
            assert "夜に駆ける" in svg
            assert "ann" not in svg
        async with client.get(f"{PATH}/card.png", params=params, headers=bearer()) as response:
            pngs[size] = await response.read()
            assert (response.status, response.content_type) == (200, "image/png")
            tag = {"If-None-Match": response.headers["ETag"]}
        assert pixels(pngs[size]).shape[:2] == shape
        async with client.get(f"{PATH}/card.png", params=params, headers=bearer() | tag) as response:
            assert (response.status, await response.read()) == (304, b"")
    async with client.get(
        f"{PATH}/card.png", params={"asOf": AS_OF}, headers=bearer("bea", "read:admin")
    ) as response:
        assert await response.read() == pngs["landscape"]


async def test_another_persons_token_a_year_without_plays_and_a_size_that_is_none_are_refused(client: Client):
    for path, headers, status, code in (
        (f"{PATH}/card.png", bearer("bea"), 403, "owner"),
        (f"{PATH}/card.svg", bearer("bea"), 403, "owner"),
        (f"{PATH}/card.svg", {}, 401, "token-missing"),
        ("/api/v1/people/ann/years/2019/card.png", bearer(), 404, "no-plays"),
        ("/api/v1/people/ann/years/19/card.png", bearer(), 400, "year"),
        (f"{PATH}/card.png?size=square", bearer(), 400, "size"),
    ):
        async with client.get(path, headers=headers) as response:
            assert response.status == status, path
            assert (await response.json(content_type=None))["type"].endswith(f":{code}")
