"""What Redis and the history hold, against the plain count."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

import msgspec
import numpy as np

from proofs.counting import plain
from proofs.counting.plain import Sums
from proofs.simulate.bridged import BridgedProcess
from proofs.simulate.failures import Broken
from proofs.simulate.ingest import CODED, SEED
from proofs.simulate.stand_ins.rows import Row
from proofs.simulate.stories.said import Accepted, by_key, turned_robots
from proofs.simulate.stories.story import CONTENT
from proofs.simulate.world import World
from streakline.lateness import closes_at
from streakline.measures import BREAKDOWNS, MEASURES, unpack_counts
from streakline.streams import keys
from streakline.streams.dictionary import FIRST
from streakline.streams.hashing import hash64, identity64
from streakline.streams.persons import NO_DAY, NOBODY, local_days, persons
from streakline.times import QUARTER_MS, SEQ_BITS, dec

_LOW: Final = (1 << 64) - 1
_CODES: Final = {
    dimension: {FIRST + number: value for number, value in enumerate(values)}
    for dimension, values in CODED.items()
}
GROWING: Final = ("events", "starts", "time_ms", "likes", "shares")
"""Measures that only grow while a play goes on. `plays` may shrink: one that gave no duration, then a short one."""
_OF_BREAKDOWN: Final = {0: "source", 1: "platform", 4: "platform"}


def upto(world: World, shard: int) -> int:
    return int(world.redis.hashes[keys.base(shard)].get(b"upto", b"0"))


def floor(world: World, shard: int) -> int:
    return int(world.redis.hashes[keys.progress(shard)].get(b"content:floor", b"0"))


def returned_to(world: World, shard: int, bucket: int, upto: int) -> bool:
    """Tell whether an open bucket may be off because Redis went back, and for no other reason."""
    whole = world.story.max_ids >= 1000 and bucket >= floor(world, shard)
    return upto < bucket <= world.off_until and whole


def loose(world: World, shard: int, bucket: int, upto: int) -> bool:
    """Tell whether an open bucket may be off until it closes."""
    off = world.story.max_ids < 1000 or bucket < floor(world, shard) or bucket <= world.off_until
    return bucket > upto and off


def same(what: str, found: Any, wanted: Any) -> None:
    if found != wanted:
        if isinstance(found, Mapping) and isinstance(wanted, Mapping):
            names = [name for name in {**found, **wanted} if found.get(name) != wanted.get(name)]
            found, wanted = ({name: some.get(name) for name in names} for some in (found, wanted))
        raise Broken(what, f"found {found}, wanted {wanted}")


def raw_holds(world: World, events: Iterable[Accepted], *, exactly: bool = False) -> None:
    """Raw rows stand for what was accepted: at rest exactly, else nothing shorter or later stands."""
    stands = plain.standing(events)
    held = world.tables.events
    if exactly and len(held) != len(stands):
        raise Broken("raw is what was accepted", f"{len(held)} rows for {len(stands)} identities")
    for identity, event in stands.items():
        wanted = (event.duration << 64) | (_LOW - event.position)
        version, row = held.get(identity, (0, {}))
        if version < wanted or (exactly and version != wanted):
            raise Broken("raw is what was accepted", f"{identity} has version {version:x}, not {wanted:x}")
        if version == wanted and (row["bot"], row["at"]) != (event.said.bot, event.said.at):
            raise Broken("raw is what was accepted", f"{identity} holds {row}")


def sums_of(row: Row) -> Sums:
    sums = dict(zip(MEASURES, row.measures, strict=True))
    for name, values in zip(BREAKDOWNS, row.maps, strict=False):
        sums |= {f"{name}={value}": number for value, number in values.items()}
    return {name: number for name, number in sums.items() if number}


def sums_of_packed(packed: bytes | None) -> Sums:
    """Return what packed counts hold, nothing where there are none."""
    if packed is None:
        return {}
    counts = unpack_counts(packed)
    sums = dict(zip(MEASURES, counts.measures, strict=True))
    for (breakdown, code), number in counts.cells.items():
        sums[f"{BREAKDOWNS[breakdown]}={_CODES[_OF_BREAKDOWN[breakdown]][code]}"] = number
    return {name: number for name, number in sums.items() if number}


def rows_hold(world: World, counts: Mapping[tuple[int, int, str], Sums], upto: int, rule: str) -> None:
    for key, wanted in counts.items():
        shard, bucket, content = key
        row = world.tables.quarters.get(key)
        if (row is None and not wanted) or loose(world, shard, bucket, upto):
            continue
        found = None if row is None else sums_of(row)
        if found != wanted:
            same(f"{rule}, {'closed' if bucket <= upto else 'open'}",
                  {"of": (shard, dec(bucket << SEQ_BITS), content), **(found or {})}, wanted)  # fmt: skip


def rows_reach(world: World, counts: Mapping[tuple[int, int, str], Sums], upto: int) -> None:
    """Rows to which more was said since count at least what is covered."""
    for key, wanted in counts.items():
        row = world.tables.quarters.get(key)
        found = {} if row is None else sums_of(row)
        for name in GROWING:
            if found.get(name, 0) < wanted.get(name, 0) and not loose(world, key[0], key[1], upto):
                same("settled means counted", {"of": key, name: found.get(name)}, {name: wanted[name]})


def no_other_rows(world: World, shard: int, counts: Mapping[tuple[int, int, str], Sums], upto: int) -> None:
    for key, row in world.tables.quarters.items():
        if key[0] == shard and key not in counts and any(row.measures) and not loose(world, *key[:2], upto):
            raise Broken("rows are the plain count", f"nobody said anything of {key}, which counts {row}")


def days_hold(world: World, shard: int, counts: Mapping[tuple[int, int, str], Sums], upto: int) -> None:
    end = (upto + QUARTER_MS) // plain.DAY * plain.DAY
    days: dict[tuple[int, int, str], list[Sums]] = {}
    for (_, bucket, content), sums in counts.items():
        if bucket < end:
            days.setdefault((shard, bucket // plain.DAY * plain.DAY, content), []).append(sums)
    for key, parts in days.items():
        wanted = plain.added(parts)
        row = world.tables.days.get(key)
        same(f"day {key}", None if row is None else sums_of(row), wanted)
    for key in world.tables.days:
        if key[0] == shard and key[1] >= end:
            raise Broken("only closed days are counted", f"{key} with buckets closed up to {upto}")


def site_holds(world: World, shard: int, counts: Mapping[tuple[int, int, str], Sums], upto: int) -> None:
    """The site's closed quarter hours and days are those of all contents together."""
    end = upto + QUARTER_MS
    for length, rows in world.tables.site.items():
        wanted: dict[int, list[Sums]] = {}
        for (_, bucket, _), sums in counts.items():
            if bucket < end - end % length:
                wanted.setdefault(bucket - bucket % length, []).append(sums)
        for at, parts in wanted.items():
            row = rows.get((shard, at, ""))
            same(f"site at {dec(at << SEQ_BITS)}", None if row is None else sums_of(row), plain.added(parts))


def base_holds(world: World, shard: int, counts: Mapping[tuple[int, int, str], Sums], upto: int) -> None:
    base = world.redis.hashes[keys.base(shard)]
    wanted: dict[str, list[Sums]] = {}
    for (_, bucket, content), sums in counts.items():
        if bucket <= upto:
            wanted.setdefault(content, []).append(sums)
    for content, parts in wanted.items():
        found = sums_of_packed(base.get(b"c:" + content.encode()))
        same(f"base of {content!r}", found, plain.added(parts))
    everything = plain.added(part for parts in wanted.values() for part in parts)
    same(f"base of shard {shard}", sums_of_packed(base.get(b"*")), everything)
    state = msgspec.msgpack.decode(world.redis.hashes[keys.STATE].get(b"base:%d" % shard, b"\x80"))
    if state:
        same("base as shown", state["upto"], upto)


def hashes_hold(world: World, shard: int, counts: Mapping[tuple[int, int, str], Sums], upto: int) -> None:
    clock = world.redis.newest[keys.events(shard)] >> SEQ_BITS
    for (_, bucket, content), wanted in counts.items():
        held = world.redis.hashes.get(keys.open_bucket(shard, bucket), {})
        if bucket <= upto:
            if held:
                raise Broken("closed buckets have no hash", f"bucket {bucket} of shard {shard}")
        elif clock < closes_at(bucket) and not loose(world, shard, bucket, upto):
            found = sums_of_packed(held.get(content.encode()))
            same(f"open hash of {content!r} in {dec(bucket << SEQ_BITS)}", found, wanted)


def persons_hold(world: World, shard: int, events: Iterable[Accepted], upto: int) -> None:
    """What the content flow keeps of an open identity names the person and the day of the event that stands."""
    process = world.bodies[CONTENT].process
    assert isinstance(process, BridgedProcess)
    buckets = process.tracker(shard).buckets if process.has_begun(shard) else {}
    for event in events:
        bucket, said = buckets.get(event.bucket), event.said
        if event.shard != shard or said.personal or bucket is None or not bucket.ids.size:
            continue
        if loose(world, *event.key[:2], upto):
            continue
        identity = identity64(said.content, said.start, said.id, SEED)
        [place] = bucket.ids.find(np.array([identity], np.uint64))
        kept = bucket.log[place : place + 1]
        days = local_days(np.array([said.start]), kept["off"])
        found = [*persons(kept["listener64"], kept["flags"]).tolist(), *days.tolist()]
        person, day = said.person_day or ("", None)
        wanted = [hash64(person, SEED) if person else NOBODY, NO_DAY if day is None else day]
        if place < 0 or found != (wanted if person else [NOBODY, found[1]]):
            raise Broken("the log names who stands", f"{event} is kept as {found}, not {wanted}")


def hashes_lie_between(world: World, shard: int, upto: int) -> None:
    """Where Redis went back, open hashes count at least what it kept, and at most what was ever said."""
    if turned_robots(world.ingest.ever):
        return
    clock = world.redis.newest[keys.events(shard)] >> SEQ_BITS
    least, most = by_key(world.ingest.streamed), by_key(world.ingest.ever)
    for key, greatest in most.items():
        _, bucket, content = key
        if key[0] != shard or not returned_to(world, shard, bucket, upto) or clock >= closes_at(bucket):
            continue
        packed = world.redis.hashes.get(keys.open_bucket(shard, bucket), {}).get(content.encode())
        found = sums_of_packed(packed)
        for name in GROWING:
            low, shown, high = (sums.get(name, 0) for sums in (least.get(key, {}), found, greatest))
            if not low <= shown <= high:
                why = f"{name} of {key} is {shown}, not from {low} to {high}"
                raise Broken("open hashes after redis went back", why)
