"""Known faults in what is kept of persons: candidates that content sends, and the rows that viewers keep of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
import numpy as np

from flows import viewers
from flows.streams.sink import Write
from proofs.simulate.mutations.fault import fault
from streakline.counting import person_plays
from streakline.counting import snapshot as content_snapshot
from streakline.counting.person_plays import PersonPlays
from streakline.counting.tracker import ContentTracker
from streakline.people.live.keeper import Changes, Keeper
from streakline.streams.candidates import MARKED, PLAYED, RULED


@fault(content_snapshot, "freeze")
def drop_plays_that_wait(freeze: Any, tracker: ContentTracker) -> bytes:
    """A snapshot of content leaves out the plays of persons that have not been sent."""
    facts = msgspec.msgpack.decode(freeze(tracker), strict=False)
    return msgspec.msgpack.encode({**facts, "played": b"", "marked": b""})


@fault(Keeper, "freeze")
def plays_ahead_are_forgotten(_freeze: Any, _keeper: Keeper) -> dict[str, bytes]:
    """A snapshot of viewers leaves out the plays of persons that have not begun."""
    return {"played": np.empty(0, PLAYED).tobytes(), "marked": np.empty(0, MARKED).tobytes()}


@fault(viewers.ViewerShells, "rows")
def rows_begin_empty(_rows: Any, _shells: viewers.ViewerShells, persons: list[int]) -> dict[int, None]:
    """Viewers writes the rows of persons without what stands in Redis."""
    return dict.fromkeys(persons)


@fault(PersonPlays, "mark")
def nobody_is_marked(_mark: Any, _plays: PersonPlays, *_: Any) -> None:
    """Content does not say of whom plays alone do not tell everything."""


@fault(PersonPlays, "mark")
def rules_are_not_heard(mark: Any, plays: PersonPlays, persons: Any, why: int) -> None:
    """Content does not say of whom freezes or settings stand."""
    if why != RULED:
        mark(plays, persons, why)


@fault(person_plays, "_stand")
def late_plays_give_no_day(stand: Any, events: Any, in_time: Mapping[int, Any], late: Any) -> Any:
    """A late play of a person gives no day."""
    found, unsure = stand(events, in_time, late)
    return found & ~late, unsure


@fault(person_plays, "_held_as")
def every_play_stands(_held_as: Any, _bucket: Any, events: Any, _positions: Any) -> Any:
    """A play gives its day to whoever sent it, also where another event of it stands."""
    return np.ones(len(events), np.bool_)


@fault(person_plays, "_day_keys")
def a_play_ahead_gives_the_day(day_keys: Any, events: Any, ahead: Any) -> Any:
    """A play that has not begun is taken for one that has given its person the day."""
    return day_keys(events, np.zeros_like(ahead))


@fault(person_plays, "_day_keys")
def a_day_is_of_no_zone(_day_keys: Any, events: Any, _ahead: Any) -> Any:
    """What was sent of a person's day in one zone is taken for sent in all."""
    day = events["start"] // 86_400_000
    return events["listener64"] ^ (day.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15))


@fault(viewers.ViewerShell, "wake")
def persons_are_owed_after_their_rows(wake: Any, shell: viewers.ViewerShell, now: float) -> list[Write]:
    """Viewers says of whom domain events are owed in a MULTI of its own, after rows and progress."""
    split = []
    for write in wake(shell, now):
        owed = [command for command in write.commands if command[0] == "SADD"]
        rest = [command for command in write.commands if command[0] != "SADD"]
        split += [write._replace(commands=some) for some in (rest, owed) if some]
    return split


@fault(viewers.ViewerShell, "wake")
def progress_with_the_first_rows(wake: Any, shell: viewers.ViewerShell, now: float) -> list[Write]:
    """Viewers writes the progress of a step with each of its writes, before the last rows."""
    writes: list[Write] = wake(shell, now)
    more = [] if shell._is_silent else [shell._progress()]
    return [write._replace(commands=[*write.commands, *more]) for write in writes]


@fault(viewers.ViewerShell, "wake")
def a_row_is_read_while_it_is_on_its_way(wake: Any, shell: viewers.ViewerShell, now: float) -> Any:
    """Viewers takes the next step before Redis has what the last one changed."""
    shell._is_under_way = False
    return wake(shell, now)


@fault(viewers.ViewerShell, "freeze")
def messages_that_wait_are_forgotten(freeze: Any, shell: viewers.ViewerShell) -> Any:
    """A snapshot of viewers leaves out the messages that it has read and not taken."""
    return msgspec.msgpack.encode({**msgspec.msgpack.decode(freeze(shell), strict=False), "waiting": []})


@fault(Keeper, "changed")
def only_who_is_marked_is_owed(changed: Any, keeper: Keeper, *arguments: Any) -> Changes:
    """Viewers owes domain events of persons who were marked, and of no other."""
    marked = keeper._due.marks
    changes: Changes = changed(keeper, *arguments)
    return changes._replace(owed=[person for person in changes.owed if person in marked])


@fault(PersonPlays, "mark")
def only_the_first_rule_is_heard(mark: Any, plays: PersonPlays, persons: Any, why: int) -> None:
    """Content sends freezes and settings of a person once, as it does other marks."""
    mark(
        plays, persons if why != RULED else persons[plays._marks.misses(persons ^ np.uint64(why << 56))], why
    )
