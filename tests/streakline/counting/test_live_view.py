"""What the live view shows of a shard of contents, against a plain count."""

import numpy as np
from hypothesis import given

import fact_strategies
from content_streams import PLENTY, beat, borders, facts_of, play, restarted, taken
from fact_strategies import START
from record_facts import (
    MINUTE,
    WINDOWED,
    content64,
    counted,
    playing,
)
from streakline.counting.live_view import live
from streakline.counting.tracker import ContentTracker
from streakline.measures import MEASURES
from streakline.streams.states import Creator


@given(fact_strategies.requests(), borders, borders)
def test_what_plays_now_equals_a_plain_count(stream, at, restarts):
    tracker = taken(stream, borders=at)
    plain = playing(facts_of(stream), stream[-1][0])
    assert dict(live(tracker).playing) == {f"c{content}": len(who) for content, who in plain.items()}


@given(fact_strategies.requests(), borders)
def test_the_most_played_of_the_last_hour_equal_a_plain_count(stream, at):
    page = live(taken(stream, borders=at))
    last = stream[-1][0] // MINUTE * MINUTE
    plain: dict[str, int] = {}
    for contents in counted(facts_of(stream)).minutes.values():
        for content, minutes in contents.items():
            plays = sum(row.get("plays", 0) for m, row in minutes.items() if last - 60 * MINUTE <= m <= last)
            plain[f"c{content}"] = plain.get(f"c{content}", 0) + plays
    assert dict(page.top) == {content: plays for content, plays in plain.items() if plays}
    assert [plays for _, plays in page.top] == sorted(dict(page.top).values(), reverse=True)
    shown = {name for name, _ in (*page.top, *page.playing)}
    assert page.titles == {name: f"Title of {name}" for name in shown}


@given(fact_strategies.requests(), borders)
def test_a_watched_content_shows_its_own_counts(stream, at):
    tracker = taken(stream, borders=at)
    plain = counted(facts_of(stream))
    watched = live(tracker, [content64(n) for n in (1, 2, 3, 4, 99)]).content
    for n in (1, 2, 3, 4):
        minutes = {
            minute: [row.get(name, 0) for name in WINDOWED]
            for contents in plain.minutes.values()
            for minute, row in contents.get(n, {}).items()
            if any(row.get(name, 0) for name in WINDOWED)
        }
        rows = {
            bucket: [contents[n].get(name, 0) for name in MEASURES]
            for bucket, contents in plain.measures.items()
            if n in contents
        }
        shown = watched.get(f"c{n}", {"minutes": {}, "open": {}})
        assert (shown["minutes"], shown["open"]) == (minutes, rows)
    assert "c99" not in watched


@given(fact_strategies.requests(), borders)
def test_the_contents_of_a_creator_show_together_what_they_show_singly(stream, at):
    tracker = taken(stream, borders=at)
    his = [content64(n) for n in (1, 3, 99)]
    page = live(tracker, his, {"his": np.array(his, np.uint64), "nobody": np.empty(0, np.uint64)})
    singles = page.content.values()
    minutes: dict[int, list[int]] = {}
    for single in singles:
        for minute, row in single["minutes"].items():
            minutes[minute] = [a + b for a, b in zip(minutes.get(minute, [0] * len(row)), row, strict=True)]
    shown = page.creators["his"]
    assert shown.minutes == minutes
    names = {"c1", "c3"}
    assert shown.playing == [(name, n) for name, n in page.playing if name in names]
    assert shown.top == [(name, plays) for name, plays in page.top if name in names]
    assert shown.runningPlays == len(
        {play for play, content, *_ in tracker.playing.freeze() if content in his}
    )
    assert page.creators["nobody"] == Creator()
    everything = np.array([content64(n) for n in range(100)], np.uint64)
    site = live(tracker, followed={"all": everything})
    assert (site.creators["all"].minutes, site.creators["all"].runningPlays) == (
        site.minutes,
        site.runningPlays,
    )
    assert (site.creators["all"].top, site.creators["all"].playing) == (site.top, site.playing)


def test_a_list_names_at_most_fifty_contents():
    page = live(taken([(START, [f(content=n, number=n) for n in range(60) for f in (play, beat)])]))
    assert len(page.top) == 50
    assert page.playing == []
    page = live(taken([(START, [beat(content=n, number=n) for n in range(60)])]))
    assert len(page.playing) == 50
    assert page.runningPlays == 60


def test_windows_say_since_when_they_are_complete():
    tracker = ContentTracker(0, PLENTY)
    assert live(tracker).since == 0
    tracker.began_late(START)
    assert live(tracker).since == START + 60 * MINUTE
    assert live(restarted(tracker)).since == START + 60 * MINUTE


def test_a_tracker_that_has_seen_nothing_shows_nothing():
    page = live(ContentTracker(0, PLENTY), [content64(1)])
    assert (page.minutes, page.playing, page.top, page.open, page.content) == ({}, [], [], {}, {})
    assert np.array_equal(ContentTracker(0, 1).seen.waiting(), ContentTracker(0, 1).seen.taken())
