"""Standing: parts arrive one by one and make the topics."""

import msgspec
import pytest

from streakline.live.state import OVERVIEW, TOP_PLAYS, Standing
from streakline.live_windows import WINDOWED
from streakline.measures import INDEX, MEASURES
from streakline.streams.entries import Poison
from streakline.streams.states import Base, Content, Viewers
from streakline.times import MINUTE_MS, minute_of

NOW = 1_763_700_030_000
MINUTE = minute_of(NOW)
pack = msgspec.msgpack.encode


def minute_row(**counts: int) -> list[int]:
    return [counts.get(name, 0) for name in WINDOWED]


def measures(**counts: int) -> list[int]:
    return [counts.get(name, 0) for name in MEASURES]


def standing() -> Standing:
    state = Standing()
    for shard in range(2):
        content = Content(
            minutes={
                MINUTE: minute_row(plays=2 + shard, likes=1),
                MINUTE - 90 * MINUTE_MS: minute_row(plays=9),
            },
            top=[(f"c{shard}", 2 + shard)],
            open={MINUTE: measures(plays=2 + shard, starts=5)},
            titles={f"c{shard}": f"Song {shard}"},
            content={
                f"c{shard}": {
                    "minutes": {MINUTE: minute_row(plays=2), 0: minute_row(plays=7)},
                    "listeners": 4,
                }
            },
        )
        state.apply("content", shard, f"{NOW}-{shard}", pack(content))
        state.apply("viewers", shard, f"{NOW}-0", pack(Viewers(minute=MINUTE, active=3, hour=5)))
    state.apply("base", 0, "", pack(Base(upto=MINUTE - 1, base=measures(plays=100, starts=120))))
    return state


def test_states_without_positions_tell_the_clock_too() -> None:
    # A server that starts while archive recounts finds the newest updates full of lifetimes, without a position.
    state = Standing()
    state.apply("content", 0, "0-0", pack(Content(minutes={MINUTE: minute_row(plays=2)})))
    state.apply("viewers", 0, "0-0", pack(Viewers(minute=MINUTE, active=3, hour=5)))
    assert state.topics()[OVERVIEW]["lastHour"]["plays"] == 2


def test_the_overview_sums_the_parts_at_the_streams_clock() -> None:
    state = standing()
    overview = state.topics()[OVERVIEW]
    assert state.clock == NOW
    assert overview["activeUsers"] == 6
    assert overview["listenersLastHour"] == 10
    assert overview["lastHour"]["plays"] == 5
    assert overview["lastHour"]["likes"] == 2
    assert len(overview["perMinute"]) == 61
    assert overview["perMinute"][-1] == {"at": MINUTE, "plays": 5}
    assert overview["totals"]["plays"] == 105
    assert INDEX["plays"] == 2


def test_top_plays_merges_the_shards() -> None:
    items = standing().topics()[TOP_PLAYS]["items"]
    assert [(item["contentId"], item["title"], item["plays"]) for item in items] == [
        ("c1", "Song 1", 3),
        ("c0", "Song 0", 2),
    ]


def test_a_watched_content_has_its_own_topic() -> None:
    topic = standing().topics(["c1"])["content:c1"]
    assert topic["title"] == "Song 1"
    assert topic["listeners"] == 4
    assert topic["lastHour"]["plays"] == 2
    assert topic["perMinute"][-1] == {"at": MINUTE, "plays": 2}
    assert len(topic["perMinute"]) == 61


def test_a_content_that_nobody_has_heard_of_is_all_zero() -> None:
    topic = standing().content("never")
    assert topic["contentId"] == "never"
    assert topic["listeners"] == 0
    assert topic["lastHour"]["plays"] == 0


def test_an_older_position_does_not_turn_the_clock_back() -> None:
    state = standing()
    state.apply("viewers", 0, "5-0", pack(Viewers()))
    assert state.clock == NOW


def test_the_base_says_nothing_of_the_clock() -> None:
    state = standing()
    state.apply("base", 0, f"{NOW + 1}-0", pack(Base()))
    assert state.clock == NOW


def test_time_that_passes_takes_plays_persons_and_minutes_out_of_their_windows() -> None:
    state, last = Standing(), {0: NOW}
    content = Content(
        minutes={MINUTE: minute_row(plays=2)}, playing=[("c", 1)], runningPlays=1, top=[("c", 2)],
        content={"c": {"minutes": {MINUTE: minute_row(plays=2)}, "listeners": 1}},
    )  # fmt: skip
    state.apply("content", 0, f"{NOW}-0", pack(content))
    here = {MINUTE: 3, MINUTE - 4 * MINUTE_MS: 2, MINUTE - 50 * MINUTE_MS: 7}
    state.apply("viewers", 0, f"{NOW}-0", pack(Viewers(minute=MINUTE, active=5, hour=12, minutes=here)))

    def shown(now: int) -> tuple[int, ...]:
        state.pass_time(now, last)
        topics = state.topics(["c"])
        site, top, single = topics[OVERVIEW], topics[TOP_PLAYS], topics["content:c"]
        return (
            len(site["playingNow"]), site["runningPlays"], single["listeners"], site["activeUsers"],
            site["listenersLastHour"], site["lastHour"]["plays"], single["lastHour"]["plays"], len(top["items"]),
        )  # fmt: skip

    assert shown(NOW + 29_999) == (1, 1, 1, 5, 12, 2, 2, 1)
    assert shown(NOW + 30_000) == (0, 0, 0, 5, 12, 2, 2, 1)
    assert shown(NOW + 2 * MINUTE_MS) == (0, 0, 0, 3, 12, 2, 2, 1)
    assert shown(NOW + 11 * MINUTE_MS) == (0, 0, 0, 0, 5, 2, 2, 1)
    assert shown(NOW + 61 * MINUTE_MS) == (0, 0, 0, 0, 0, 0, 0, 0)
    assert shown(NOW) == (0, 0, 0, 0, 0, 0, 0, 0)


@pytest.mark.parametrize(
    ("kind", "covered", "payload"),
    [
        ("content", "1-0", b"\xc1"),
        ("content", "1-0", pack([1])),
        ("viewers", "x-0", pack(Viewers())),
        ("weather", "1-0", pack({})),
    ],
)
def test_what_cannot_be_read_is_named(kind: str, covered: str, payload: bytes) -> None:
    with pytest.raises(Poison, match=kind):
        Standing().apply(kind, 0, covered, payload)


def test_generated_data_says_so() -> None:
    assert Standing(generated=True).topics()[OVERVIEW]["generated"] is True


RECENT = 1_790_000_000_000
DEEP = b"\x91" * 200_000


@pytest.mark.parametrize(
    ("kind", "payload"),
    [
        ("content", {"minutes": {RECENT: [1]}}),
        ("content", {"open": {RECENT: [1]}}),
        ("content", {"runningPlays": 1 << 63}),
        ("content", {"content": {"a": {"minutes": {RECENT: [1]}}}}),
        ("content", {"content": {"a": {"listeners": "x"}}}),
        ("viewers", {"minute": (1 << 63) - 1}),
        ("viewers", {"active": (1 << 63) - 1}),
        ("base", {"upto": 1, "base": [1, 2]}),
        ("nothing", {}),
    ],
)
def test_an_update_that_cannot_be_added_up_is_poison(kind: str, payload: object) -> None:
    standing = Standing()
    standing.apply("base", 0, b"0-0", msgspec.msgpack.encode({"upto": 1, "base": [1] * len(MEASURES)}))
    with pytest.raises(Poison, match=kind):
        standing.apply(kind, 0, b"0-0", msgspec.msgpack.encode(payload))
    assert standing.topics(["a"])["overview"]["totals"]["plays"] == 1


def test_an_update_nested_without_end_is_poison() -> None:
    with pytest.raises(Poison, match="viewers"):
        Standing().apply("viewers", 0, b"0-0", b"\x81\xa1x" + DEEP)


def test_contents_of_which_nothing_is_known_share_their_silent_hour() -> None:
    """Anybody may ask for any number of them: an hour made for each, four times a second, held the server up."""
    standing = Standing()
    standing.clock = 1_795_252_333_000
    one, other = standing.content("one"), standing.content("other")
    assert (one["contentId"], other["contentId"]) == ("one", "other")
    assert one["perMinute"] is other["perMinute"]
    assert len(one["perMinute"]) == 61
    assert set(one["lastHour"].values()) == {0}
