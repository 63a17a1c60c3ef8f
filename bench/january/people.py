"""Made-up persons with plays of a year, put straight into the tables that history asks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from clickhouse_connect.driver.client import Client

PERSONS_AT_ONCE: Final = 100_000
"""Of one insert."""
CREATORS: Final = 1_000
SHOWS: Final = 300

_PLAYS: Final = """
insert into person_history
(
    at, shard, contentId, userId, offset, platform, version, starts, plays, finished, time_ms, timed, first, last, done,
    rated, rating
)
with
    cityHash64(number, 'when') as hash,
    toDateTime64(makeDate({year:UInt16}, 1, 1), 3, 'UTC') - toIntervalDay(60) as begin,
    begin + toIntervalMillisecond(hash % (425 * 86400000)) as moment,
    toUInt64(pow((cityHash64(number, 'what') % 1000000) / 1e6, 3) * {contents:UInt32}) as content,
    cityHash64(number, 'how') % 100 as luck,
    fromUnixTimestamp64Milli(toInt64(0), 'UTC') as never
select
    toDateTime(toStartOfFifteenMinutes(moment), 'UTC'), 0, concat('content-', toString(content)),
    concat('person-', leftPad(toString(intDiv(number, {plays:UInt32})), 8, '0')),
    multiIf(intDiv(number, {plays:UInt32}) % 3 = 0, 4, intDiv(number, {plays:UInt32}) % 3 = 1, -20, 32767),
    ['web', 'ios', 'android'][1 + hash % 3], 1, 1, 1, luck < 70, 1000 * (60 + hash % 3000), 1, moment, moment,
    if(luck < 70, moment, never), if(luck >= 97, moment, never), if(luck >= 97, 100 * (hash % 11), 0)
from numbers({first:UInt64}, {rows:UInt64})
"""
_FACTS: Final = """
insert into facts (subject, id, fact, value, version)
with
    multiIf(number % 20 < 14, 'track', number % 20 < 17, 'movie', 'episode') as type,
    ['Rock', 'Jazz', 'Folk, Rock', 'Drama', 'Comedy; Drama', 'Pop', 'Opera', 'Metal', 'Soul', 'Crime', 'Folk'] as genres
select 'content', concat('content-', toString(number)), fact.1, fact.2, 1
from numbers({contents:UInt32})
array join
    arrayFilter(one -> one.2 != '', [
        ('type', type), ('title', concat('Title ', toString(number))), ('genre', genres[1 + number % 11]),
        ('creator', if(type = 'track', concat('creator-', toString(number % {creators:UInt32})), '')),
        ('parent', if(type = 'episode', concat('show-', toString(number % {shows:UInt32})), '')),
        ('duration', toString(1000 * (180 + number % 5000)))
    ]) as fact
"""
_NAMES: Final = """
insert into facts (subject, id, fact, value, version)
select 'creator', concat('creator-', toString(number)), 'name', concat('Creator ', toString(number)), 1
from numbers({creators:UInt32})
"""
_ZONES: Final = """
insert into personal_events (userId, kind, id, at, properties)
select
    concat('person-', leftPad(toString(number * 5), 8, '0')), 20, 'zone',
    toDateTime64(makeDate({year:UInt16}, 2, 1), 3, 'UTC'), '{"zone":"Europe/Berlin"}'
from numbers(intDiv({persons:UInt32} + 4, 5))
"""


class Crowd(NamedTuple):
    """Who plays what.

    Attributes:
        persons: how many.
        plays: of each, six of seven in the year, the others in the two months before.
        contents: of the catalogue: 70 % tracks, 15 % movies, 15 % episodes; few are played much.
        year: which.
    """

    persons: int
    plays: int
    contents: int
    year: int


def names_of(crowd: Crowd) -> Iterator[str]:
    """Yield the persons of a crowd."""
    return (f"person-{number:08}" for number in range(crowd.persons))


def fill(client: Client, crowd: Crowd) -> None:
    """Insert a crowd, every fifth person with a zone of its own."""
    catalogue = {"contents": crowd.contents, "creators": CREATORS, "shows": SHOWS}
    client.command(_FACTS, catalogue)
    client.command(_NAMES, {"creators": CREATORS})
    client.command(_ZONES, {"persons": crowd.persons, "year": crowd.year})
    for first in range(0, crowd.persons, PERSONS_AT_ONCE):
        persons = min(PERSONS_AT_ONCE, crowd.persons - first)
        which = {"first": first * crowd.plays, "rows": persons * crowd.plays}
        client.command(_PLAYS, {**crowd._asdict(), **which})
