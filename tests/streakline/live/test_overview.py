"""How the states of the shards become what a page shows."""

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from streakline.live.overview import DEFINITIONS, content_totals, overview, top_plays, totals
from streakline.live_windows import SHOWN_PLAYING, SHOWN_TOP, WINDOWED
from streakline.measures import INDEX, MEASURES
from streakline.streams.states import Base, Content, Viewers

M = 29_395_005 * 60_000
"""The running minute, ms."""
QUARTER = 900_000


def measures(**named: int) -> list[int]:
    return [named.get(name, 0) for name in MEASURES]


def test_nothing_known_shows_zeros_for_every_minute():
    data = overview(M + 59_999, {}, {}, {})
    assert [item["at"] for item in data["perMinute"]] == [M + n * 60_000 for n in range(-60, 1)]
    assert all(item["plays"] == 0 for item in data["perMinute"])
    assert data["lastHour"] == dict.fromkeys(WINDOWED, 0)
    assert data["totals"] == dict.fromkeys([*MEASURES, "skips"], 0)
    assert (data["activeUsers"], data["listenersLastHour"], data["playingNow"], data["runningPlays"]) == (
        0,
        0,
        [],
        0,
    )
    assert (data["since"], data["generated"]) == (0, False)
    assert overview(M, {}, {}, {}, generated=True)["generated"]


def test_every_number_of_the_page_has_its_definition():
    assert set(overview(M, {}, {}, {})) - {"since", "generated"} | {"top"} == set(DEFINITIONS)
    assert all(sentence.endswith(".") for sentence in DEFINITIONS.values())


minutes = st.dictionaries(
    st.sampled_from([M + n * 60_000 for n in (-61, -60, -59, -1, 0, 1, 2)]),
    st.lists(st.integers(0, 9), min_size=6, max_size=6),
    max_size=4,
)


@given(st.dictionaries(st.integers(0, 3), minutes), st.integers(0, 59_999))
def test_windows_are_the_running_minute_and_the_sixty_before_it_summed_over_shards(tables, seconds):
    data = overview(M + seconds, {s: Content(minutes=table) for s, table in tables.items()}, {}, {})
    inside = [
        (at, row) for table in tables.values() for at, row in table.items() if M - 60 * 60_000 <= at <= M
    ]
    assert data["lastHour"] == {name: sum(row[n] for _, row in inside) for n, name in enumerate(WINDOWED)}
    for item in data["perMinute"]:
        assert item["plays"] == sum(row[0] for at, row in inside if at == item["at"])


@given(
    st.dictionaries(st.integers(0, 3), st.builds(Viewers, active=st.integers(0, 9), hour=st.integers(0, 99)))
)
def test_persons_are_disjoint_by_part_and_simply_add_up(parts):
    data = overview(M, {}, parts, {})
    assert data["activeUsers"] == sum(part.active for part in parts.values())
    assert data["listenersLastHour"] == sum(part.hour for part in parts.values())


def test_lists_are_merged_over_shards_most_first_then_by_id():
    one = Content(playing=[("b", 3), ("a", 1)], top=[("b", 9), ("z", 2)], runningPlays=5, titles={"b": "B"})
    two = Content(playing=[("c", 3), ("d", 0)], top=[("c", 9), ("y", 2)], runningPlays=4, titles={"c": "C"})
    data = overview(M, {0: one, 1: two}, {}, {})
    assert data["playingNow"] == [
        {"contentId": "b", "title": "B", "listeners": 3},
        {"contentId": "c", "title": "C", "listeners": 3},
        {"contentId": "a", "title": "", "listeners": 1},
    ]
    assert data["runningPlays"] == 9
    assert top_plays({0: one, 1: two}) == {
        "range": "lastHour",
        "items": [
            {"contentId": "b", "title": "B", "plays": 9},
            {"contentId": "c", "title": "C", "plays": 9},
            {"contentId": "y", "title": "", "plays": 2},
            {"contentId": "z", "title": "", "plays": 2},
        ],
    }


def test_lists_are_cut_to_what_a_page_shows():
    part = Content(playing=[(f"{n:02}", n) for n in range(1, 60)], top=[(f"{n:02}", n) for n in range(1, 60)])
    assert [item["listeners"] for item in overview(M, {0: part}, {}, {})["playingNow"]] == list(
        range(59, 59 - SHOWN_PLAYING, -1)
    )
    assert len(top_plays({0: part})["items"]) == SHOWN_TOP


bucket_starts = st.sampled_from([M - n * QUARTER for n in range(6)])
rows = st.integers(0, 50).map(lambda n: measures(events=n, starts=n, plays=n // 2, likes=3))


@given(
    st.dictionaries(st.integers(0, 2), st.dictionaries(bucket_starts, rows, max_size=4)),
    st.dictionaries(st.integers(0, 2), st.builds(Base, upto=bucket_starts, base=rows | st.just([]))),
)
def test_lifetime_is_the_base_and_the_buckets_after_it_shard_by_shard(opened, bases):
    contents = {shard: Content(open=table) for shard, table in opened.items()}
    plain = dict.fromkeys(MEASURES, 0)
    for shard in range(3):
        base = bases.get(shard, Base())
        held = [row for start, row in opened.get(shard, {}).items() if start > base.upto]
        for row in [*held, *([base.base] if base.base else [])]:
            for name in MEASURES:
                plain[name] += row[INDEX[name]]
    assert totals(contents, bases) == {**plain, "skips": plain["starts"] - plain["plays"]}


def test_windows_are_complete_since_the_latest_part_that_began_inside_them():
    first = M - 60 * 60_000
    contents = {0: Content(since=first + 5), 1: Content(since=0)}
    assert overview(M, contents, {0: Viewers(since=first + 9)}, {})["since"] == first + 9
    assert overview(M, {0: Content(since=first)}, {}, {})["since"] == 0


def test_states_travel_as_msgpack():
    part = Content(minutes={M: [1] * 6}, playing=[("c", 1)], top=[("c", 2)], open={M: measures(plays=1)}, since=3,
                   content={"c": {"listeners": 1}}, titles={"c": "C"})  # fmt: skip
    for state in (part, Viewers(M, 1, 2, 3), Base(M, measures(plays=4))):
        assert msgspec.msgpack.decode(msgspec.msgpack.encode(state), type=type(state)) == state


@given(bucket_starts, st.none() | rows, st.dictionaries(bucket_starts, rows, max_size=4))
def test_the_lifetime_of_a_content_is_that_of_a_site_with_no_other(upto, held, opened):
    site = totals({0: Content(open=opened)}, {0: Base(upto, held or [])})
    assert content_totals(upto, held, opened) == site
