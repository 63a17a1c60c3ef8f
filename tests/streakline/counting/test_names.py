"""The content tracker and names: nothing counts under one that nobody can read, and none is kept for nothing."""

from hypothesis import example, given

from content_streams import PLENTY, beat, borders, play, taken
from fact_strategies import START
from record_facts import (
    MINUTE,
    Fact,
    entry,
    names,
)
from streakline.counting import snapshot as content_snapshot
from streakline.counting.live_view import live
from streakline.counting.names import Names
from streakline.counting.tracker import ContentTracker
from streakline.kinds import KINDS
from streakline.measures import MEASURES, unpack_counts
from streakline.streams.entries import Cold, Entry, Poison
from streakline.streams.hashing import hash64
from streakline.streams.records import records_of


def unreadable(held: Entry) -> list[Cold]:
    msg = "torn"
    raise Poison(msg)


def test_nothing_counts_under_a_name_that_nobody_can_read():
    tracker = ContentTracker(0, PLENTY)
    tracker.take([(START << 22, entry([play(), beat(number=2)]))], unreadable)
    assert tracker.open() == {}
    assert live(tracker).playing == []
    assert tracker.tally["broken"] == 2


@given(borders)
@example(frozenset())
@example(frozenset({1}))
def test_an_unreadable_entry_spoils_no_other_entry(at):
    """Entry 0 and 2 are torn; content 1 gets its name from entry 1."""
    entries = [entry([play(number=n), beat(number=n + 10, at=START)]) for n in range(3)]

    def opened(held: Entry) -> list[Cold]:
        return names(held) if held is entries[1] else unreadable(held)

    tracker = ContentTracker(0, PLENTY)
    batch = []
    for number, held in enumerate(entries):
        if number in at:
            tracker.take(batch, opened)
            batch = []
        batch.append(((START << 22) + number, held))
    tracker.take(batch, opened)
    assert tracker.open()[START][MEASURES.index("starts")] == 4
    assert tracker.tally["broken"] == 2
    assert len(tracker.playing) == 2


def test_a_title_that_was_missing_is_learnt_with_the_next_opened_entry():
    tracker = ContentTracker(0, PLENTY)
    tracker.take([(START << 22, entry([play()]))], lambda _: [Cold("c1", "")])
    assert live(tracker).titles == {"c1": ""}
    taken([(START, [play(number=2), play(content=2)])], tracker)
    assert live(tracker).titles == {"c1": "Title of c1", "c2": "Title of c2"}


def test_a_fact_of_the_catalogue_says_what_a_content_is_called():
    tracker = ContentTracker(0, PLENTY)
    tracker.take(
        [(START << 22, entry([play()]))], lambda _: [Cold("c1", "", title="as the player called it")]
    )
    fact = entry([Fact(1, 2, KINDS["content"], START, START, START, 0, 0, 1)])
    tracker.take([((START + 1) << 22, fact)], lambda _: [Cold("c1", "", type="content", title="Its title")])
    assert live(tracker).titles == {"c1": "Its title"}


def test_a_bucket_that_is_over_keeps_its_counts_until_they_are_written_but_no_identities():
    tracker = taken([(START, [play(number=n, content=n % 7) for n in range(5_000)])])
    assert tracker.ids == 5_000
    tracker.take([((START + 2 * 60 * MINUTE) << 22, Entry())], names)
    assert tracker.ids == 0
    assert {name for name in tracker.dropped if ":log:" in name} == {f"{START}:log:0", f"{START}:log:1"}
    chunks = {name: content_snapshot.chunk(tracker, name) for name in content_snapshot.dirty(tracker)}
    again = content_snapshot.thaw(content_snapshot.freeze(tracker), chunks, PLENTY)
    for one in (tracker, again):
        [written] = one.write_out()
        plays = [unpack_counts(row).measures[MEASURES.index("plays")] for row in written.rows.values()]
        assert sum(plays) == 5_000


def test_names_that_nothing_needs_are_forgotten():
    tracker = taken([(START, [play(content=n) for n in range(5_000)])])
    over = START + 2 * 60 * MINUTE
    taken([(over, [play(content=9_999, start=over, accepted=over)])], tracker)
    tracker.write_out()
    assert {name.content for name in tracker.names.held.values()} == {"c9999"}


def test_an_entry_is_opened_only_for_a_name_that_is_not_known():
    opened = []

    def counting(held: Entry) -> list[Cold]:
        opened.append(held)
        return names(held)

    tracker = ContentTracker(0, PLENTY)
    for number in range(3):
        tracker.take([((START << 22) + number, entry([play(number=number)]))], counting)
    assert len(opened) == 1


def test_the_show_of_an_episode_is_learnt_from_the_entry_that_plays_it_and_opened_once():
    opened = list[Entry]()

    def cold(held: Entry) -> list[Cold]:
        opened.append(held)
        return [Cold("c1", "", parentId="show")]

    names_of, held = Names(), entry([play()])
    content = int(records_of([held.hot])["content64"][0])
    assert names_of.parent(content, held, cold) == hash64("show", 0)
    assert names_of.parent(content, held, cold) == hash64("show", 0)
    assert names_of.parent(content + 1, held, cold) == 0  # the entry says nothing of it
    assert opened == [held, held]
    names_of.forget_all_but({content + 1})
    assert names_of.parents == {content + 1: 0}
