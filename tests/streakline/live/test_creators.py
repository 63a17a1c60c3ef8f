"""The topic of a creator: sums over shards, and what is told while something is not known."""

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from streakline.live.creators import Contents, creator_topic
from streakline.live.state import Standing
from streakline.live_windows import WINDOWED
from streakline.measures import MEASURES
from streakline.streams.states import Content, Creator
from streakline.times import MINUTE_MS

MINUTE = 1_763_700_000_000 // MINUTE_MS * MINUTE_MS
HIS = Contents(("a", "b"), 3)
TOTALS = {name: dict.fromkeys([*MEASURES, "skips"], n) for n, name in enumerate(("a", "b", "c"), 1)}

rows = st.lists(st.integers(0, 99), min_size=len(WINDOWED), max_size=len(WINDOWED))
minutes = st.dictionaries(st.integers(-70, 3).map(lambda at: MINUTE + at * MINUTE_MS), rows, max_size=5)
states = st.lists(st.tuples(minutes, st.integers(0, 9)), max_size=4)


@given(states)
def test_the_numbers_are_the_sums_of_all_shards_in_the_last_hour(parts):
    shards = [Creator(minutes=table, runningPlays=running) for table, running in parts]
    shown = creator_topic(MINUTE + 7, "band", HIS, shards, {}, TOTALS)
    plain = dict.fromkeys(WINDOWED, 0)
    for table, _ in parts:
        for at, row in table.items():
            if MINUTE - 60 * MINUTE_MS <= at <= MINUTE:
                for name, count in zip(WINDOWED, row, strict=True):
                    plain[name] += count
    assert shown["lastHour"] == plain
    assert sum(minute["plays"] for minute in shown["perMinute"]) == plain["plays"]
    assert [minute["at"] for minute in shown["perMinute"]] == [
        MINUTE + at * MINUTE_MS for at in range(-60, 1)
    ]
    assert shown["runningPlays"] == sum(running for _, running in parts)


def test_lists_are_merged_and_cut_and_named():
    shards = [
        Creator(playing=[("a", 2), ("b", 1)], top=[(f"s{n}", n) for n in range(9, 0, -1)]),
        Creator(playing=[("c", 2)], top=[(f"t{n}", n) for n in range(9, 0, -1)]),
    ]
    shown = creator_topic(MINUTE, "band", HIS, shards, {"a": "First"}, TOTALS)
    assert shown["playingNow"] == [
        {"contentId": "a", "title": "First", "listeners": 2},
        {"contentId": "c", "title": "", "listeners": 2},
        {"contentId": "b", "title": "", "listeners": 1},
    ]
    assert [item["contentId"] for item in shown["top"]] == [f"{s}{n}" for n in range(9, 4, -1) for s in "st"]


def test_totals_are_those_of_the_followed_and_wait_for_the_last_one():
    shown = creator_topic(MINUTE, "band", HIS, [], {}, TOTALS)
    assert shown["contents"] == {"followed": 2, "total": 3}
    assert shown["totals"] == {
        name: 3 for name in [*MEASURES, "skips"] if name not in {"follows", "unfollows"}
    }
    assert "totals" not in creator_topic(MINUTE, "band", HIS, [], {}, {"a": TOTALS["a"]})


def test_of_contents_that_are_not_known_nothing_is_told_as_zero():
    assert creator_topic(MINUTE, "band", None, [Creator(runningPlays=3)], {}, TOTALS) == {"creatorId": "band"}
    nothing = creator_topic(MINUTE, "band", Contents((), 0), [], {}, TOTALS)
    assert (nothing["lastHour"]["plays"], nothing["contents"]["total"]) == (0, 0)


def test_what_plays_ends_when_time_passes_without_a_word():
    standing = Standing()
    state = Creator(minutes={MINUTE: [1] * len(WINDOWED)}, playing=[("a", 1)], runningPlays=1, top=[("a", 1)])
    payload = msgspec.msgpack.encode(
        Content(minutes=state.minutes, creators={"band": state}, titles={"a": "First"})
    )
    standing.apply("content", 0, f"{MINUTE}-0", payload)
    assert standing.creator("band", HIS, TOTALS)["playingNow"] == [
        {"contentId": "a", "title": "First", "listeners": 1}
    ]
    standing.pass_time(MINUTE + MINUTE_MS, {0: MINUTE})
    quiet = standing.creator("band", HIS, TOTALS)
    assert (quiet["playingNow"], quiet["runningPlays"], quiet["lastHour"]["plays"]) == ([], 0, 1)
    assert quiet["top"] == [{"contentId": "a", "title": "First", "plays": 1}]
    standing.pass_time(MINUTE + 62 * MINUTE_MS, {0: MINUTE})
    assert standing.creator("band", HIS, TOTALS)["top"] == []
    assert standing.creator("duo", HIS, TOTALS)["runningPlays"] == 0
