"""The card of a year, as its golden files show it, and where there is little to show."""

import pytest

from golden import Golden
from person_rows import listened_rows
from streakline import zones
from streakline.people.yearly.card import SIZES, card
from streakline.people.yearly.rankings import Ranked, Ranking
from streakline.people.yearly.review import year_of as played_year
from streakline.times import parse_when
from year_facts import FACES, element, ranked, year_of


def texts(svg: str) -> list[str]:
    root = element(svg)
    return ["".join(text.itertext()) for text in root.iter("{http://www.w3.org/2000/svg}text")]


@pytest.mark.parametrize("size", SIZES)
def test_a_card_is_as_it_was_when_somebody_last_looked_at_it(size: str, golden: Golden):
    drawn = card(year_of(), SIZES[size], FACES, "Jörg")
    golden(f"cards/{size}.svg", drawn.svg)
    assert drawn.families == {"Latin", "Japanese"}


def test_a_card_says_the_greatest_numbers_of_the_year():
    shown = texts(card(year_of(), SIZES["portrait"], FACES, "Jörg").svg)
    assert shown[:10] == [
        "2025", "in review · Jörg", "1,433", "hours played", "5,511", "plays", "906", "artists", "43", "days in a row",
    ]  # fmt: skip
    assert shown[10:22] == list("JFMAMJJASOND")
    assert shown[22:29] == ["Played most", "Motörhead", "90 plays", "Titles", "1", "Überlärm", "90"]
    assert shown[-1] == "Streakline"


def test_titles_of_equal_plays_have_one_rank_and_a_tie_for_the_first_place_is_not_hidden():
    equal = Ranking((Ranked(1, "a", "A", 7), Ranked(1, "b", "B", 7), Ranked(3, "c", "C", 5)), 0)
    shown = texts(card(year_of(top_artists=equal, top_titles=equal), SIZES["landscape"], FACES).svg)
    assert "Played most, with 1 more" in shown
    assert [shown[shown.index(name) - 1] for name in "BC"] == ["1", "3"]
    # More than are listed may be tied.
    many = Ranking(ranked("A").first, 11)
    assert "Played most, with 11 more" in texts(
        card(year_of(top_artists=many), SIZES["landscape"], FACES).svg
    )


def test_a_year_without_hours_or_artists_shows_plays_and_titles():
    bare = year_of(
        total_hours=0.0, artists=0, top_artists=Ranking((), 0), longest_streak=None, complete=False
    )
    shown = texts(card(bare, SIZES["landscape"], FACES).svg)
    assert shown[:8] == ["2025", "so far", "5,511", "plays", "2,710", "titles", "159", "days"]
    assert shown[shown.index("Played most") + 1] == "Überlärm"


def test_hours_are_whole_from_a_hundred_on():
    shown = {
        hours: texts(card(year_of(total_hours=hours), SIZES["landscape"], FACES).svg)[2:4]
        for hours in (1.0, 9.96, 99.94, 271.91)
    }
    assert shown == {
        1.0: ["1", "hour played"], 9.96: ["10", "hours played"], 99.94: ["99.9", "hours played"],
        271.91: ["272", "hours played"],
    }  # fmt: skip


def test_nothing_on_a_card_lies_elsewhere_and_markup_in_a_title_is_text():
    svg = card(year_of(), SIZES["landscape"], FACES, "</svg><script>").svg
    root = element(svg)
    names = {one.tag.rpartition("}")[2] for one in root.iter()}
    assert names == {"svg", "title", "defs", "radialGradient", "stop", "rect", "text", "tspan", "g", "path"}
    assert not any("href" in name for one in root.iter() for name in one.attrib)
    assert svg.count("://") == 1  # the name of SVG itself
    assert "in review · </svg><script>" in texts(svg)


def test_every_year_of_a_listener_has_a_card_also_that_of_one_play():
    rows = listened_rows()
    for year in range(2007, 2019):
        played = played_year(rows, year, parse_when("2019-01-02T00:00Z")[0], zones.zone("UTC"))
        assert played is not None
        found = played.review({})
        shown = texts(card(found, SIZES["landscape"], FACES).svg)
        assert f"{found.plays:,}" in shown
        if year == 2011:
            assert shown[2:8] == ["1", "play", "1", "artist", "1", "title"]
            assert shown[8:10] == ["1", "day"]
