"""What Redis holds of persons, against the plain days and finishes of what was accepted."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Final

from proofs.counting import plain
from proofs.simulate.failures import Broken
from proofs.simulate.ingest import SEED
from proofs.simulate.stories.said import Accepted
from proofs.simulate.world import World
from streakline.people.live.places import SLOTS, place_of
from streakline.people.live.rows import PersonRow
from streakline.streams import keys
from streakline.streams.candidates import MOVED, ROBOT, RULED
from streakline.streams.hashing import hash64
from streakline.streams.records import NO_OFFSET
from streakline.times import SEQ_BITS

EMITTED: Final = "emitted"
"""Hash person -> his news and freezes when domain events of him were emitted last."""
Day = tuple[int | None, int]
"""Zone in quarter hours, None for none, and the local day; without a zone that of UTC."""


def viewers_hold(world: World) -> None:
    """The live row of a person has the days of what stands, and no others unless it says that some may be gone.

    Where Redis went back history answers for everybody, which a key says that is gone then.
    """
    if keys.PEOPLE_WHOLE not in world.redis.strings:
        if (
            not world.off_until and not world.had_two_owners
        ):  # the one who joins may take the other's lead for a loss
            raise Broken("live rows answer for themselves", "history answers, though Redis never went back")
        return
    clock = max(world.redis.newest[keys.events(shard)] for shard in world.shards) >> SEQ_BITS
    stands = plain.standing(world.ingest.streamed).values()
    stand = _given(event for event in stands if event.said.start <= clock)
    unsure = _unsure(world)
    ruled = {event.said.listener for event in world.ingest.streamed if event.said.personal}
    for person in {event.said.listener for event in world.ingest.ever if event.said.named}:
        row = _row(world, person)
        found = {
            (None if off == NO_OFFSET else off, day) for (off, _), days in row.days.items() for day in days
        }
        wanted = stand[person]
        if person in ruled and not row.marks & RULED:
            raise Broken("viewers tells whose streak has rules", f"{person} has a freeze and no mark")
        if not wanted <= found:
            raise Broken("viewers has the days that stand", f"{person} lacks {wanted - found}")
        if found > wanted and not row.marks & (MOVED | ROBOT) and person not in unsure:
            raise Broken("viewers has no days but those that stand", f"{person} has {found - wanted} too")


def whoever_has_news_is_owed(world: World) -> None:
    """Domain events are owed of all who have more in their row, or more freezes, than when some were last emitted.

    Now they are. What was emitted lies in Redis too, so it goes back with it.
    """
    emitted = world.redis.hashes[EMITTED]
    rules = Counter(event.said.listener for event in world.ingest.streamed if event.said.personal)
    ruled = {hash64(person, SEED).to_bytes(8, "little"): number for person, number in rules.items()}
    for part in world.parts:
        owed = world.redis.sets[keys.people(part)]
        for slot in range(SLOTS):
            for person, packed in world.redis.hashes.get(keys.streaks(part, slot), {}).items():
                news = repr((*PersonRow.unpacked(packed).news, ruled.get(person, 0))).encode()
                if person in owed:
                    emitted[person] = news
                elif emitted.get(person) != news:
                    why = f"{person.hex()} has {news!r} where {emitted.get(person)!r} was emitted"
                    raise Broken("who has news is owed domain events", why)
        owed.clear()


def _row(world: World, person: str) -> PersonRow:
    part, slot, field = place_of(hash64(person, SEED), world.story.parts)
    return PersonRow.unpacked(world.redis.hashes.get(keys.streaks(part, slot), {}).get(field))


def _given(events: Iterable[Accepted]) -> defaultdict[str, set[Day]]:
    given: defaultdict[str, set[Day]] = defaultdict(set)
    for event in events:
        said = event.said
        if said.plays and said.named and not said.bot and event.event.verdict.counted:
            moment = said.start + (said.zone or 0) * plain.QUARTER
            given[said.listener].add((said.zone, moment // plain.DAY))
    return given


def _unsure(world: World) -> set[str]:
    """Return the persons of plays that a late event changed: what it took, only history takes back."""
    stands = plain.standing(world.ingest.ever)
    late = {
        event.identity for event in world.ingest.ever if event.ms >= event.bucket + plain.QUARTER + plain.HOUR
    }
    return {
        event.said.listener
        for event in world.ingest.ever
        if event.identity in late and event.said != stands[event.identity].said
    }
