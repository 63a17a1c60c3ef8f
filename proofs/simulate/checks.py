"""The invariants: what must hold at rest, and whenever `settled` answers for a position."""

from __future__ import annotations

from proofs.counting import plain
from proofs.counting.plain import Event
from proofs.simulate.failures import Broken
from proofs.simulate.holdings import (
    GROWING,
    base_holds,
    days_hold,
    floor,
    hashes_hold,
    hashes_lie_between,
    no_other_rows,
    persons_hold,
    raw_holds,
    rows_hold,
    rows_reach,
    same,
    site_holds,
    upto,
)  # fmt: skip
from proofs.simulate.people import viewers_hold, whoever_has_news_is_owed
from proofs.simulate.stand_ins.redis_data import position_of
from proofs.simulate.stories.said import by_key, turned_robots
from proofs.simulate.stories.story import CONTENT
from proofs.simulate.world import World
from streakline.health.settlement import Progress, behind
from streakline.lateness import newest_closed
from streakline.live.state import OVERVIEW, Standing
from streakline.live_windows import ACTIVE_MINUTES, WINDOW_MINUTES
from streakline.measures import MEASURES
from streakline.streams import keys
from streakline.times import SEQ_BITS, dec, enc


class Inspector:
    """Watches one world, and says what does not hold."""

    def __init__(self, world: World) -> None:
        self._shown: dict[str, int] = {}
        self._standing = Standing()
        self._seen = 0
        world.asked, world.rested, world.returned = self.asked, self.rested, self.returned

    # --- settled --------------------------------------------------------------------------------------

    def asked(self, world: World, position: dict[int, int]) -> None:
        """Look at everything that a position covers, if it has settled."""
        self._watch(world)
        progress = [_progress(world, shard) for shard in world.shards]
        if behind(position, progress):
            return
        covered = [e for e in world.ingest.log if e.position <= position.get(e.shard, 0)]
        later = {e.key for e in world.ingest.log if e.position > position.get(e.shard, 0)}
        raw_holds(world, covered)
        counts = by_key(covered)
        for shard, covers in position.items():
            closed = newest_closed(covers >> SEQ_BITS)
            own = {key: sums for key, sums in counts.items() if key[0] == shard}
            still = {key: sums for key, sums in own.items() if key not in later}
            rows_hold(world, still, closed, "settled means counted")
            if not later:
                site_holds(world, shard, own, closed)
            if not turned_robots(world.ingest.log):
                rows_reach(world, {key: own[key] for key in own.keys() & later}, closed)

    # --- at rest --------------------------------------------------------------------------------------

    def rested(self, world: World) -> None:
        """Look at everything."""
        self._watch(world)
        stands = plain.standing(world.ingest.log)
        raw_holds(world, world.ingest.log, exactly=True)
        counts = by_key(world.ingest.log)
        for shard in world.shards:
            closed = upto(world, shard)
            own = {key: sums for key, sums in counts.items() if key[0] == shard}
            rows_hold(world, own, closed, "rows are the plain count")
            no_other_rows(world, shard, counts, closed)
            days_hold(world, shard, own, closed)
            site_holds(world, shard, own, closed)
            base_holds(world, shard, own, closed)
            hashes_hold(world, shard, own, closed)
            persons_hold(world, shard, stands.values(), closed)
            if world.off_until:
                hashes_lie_between(world, shard, closed)
            differences = int(world.redis.hashes[keys.progress(shard)].get(b"archive:differences", b"0"))
            if differences and world.story.max_ids >= 1000:
                raise Broken("no recount differs", f"{differences} keys of shard {shard}")
            for position in ({s: world.redis.newest[keys.events(s)]} for s in world.shards):
                waiting = behind(position, [_progress(world, s) for s in world.shards])
                if waiting:
                    raise Broken("at rest everything has settled", f"waiting for {waiting}")
        viewers_hold(world)
        whoever_has_news_is_owed(world)
        self._live_holds(world, [accepted.event for accepted in stands.values()])

    def returned(self, world: World) -> None:
        """Take the whole live state again, as the server does when the updates went back."""
        updates = world.redis.streams[keys.UPDATES]
        covered = max((update.fields[b"u"] or b"0-0" for update in updates), key=enc, default=b"0-0")
        self._standing, self._shown = Standing(), {}
        for field, payload in world.redis.hashes[keys.STATE].items():
            kind, _, part = field.decode().partition(":")
            self._standing.apply(kind, int(part), covered, payload)
        self._seen = world.redis.newest[keys.UPDATES]

    # --- live numbers -----------------------------------------------------------------------------------

    def _watch(self, world: World) -> None:
        """Take the updates that came, as the server does; what is shown never goes back, and never too far."""
        updates = world.redis.after(keys.UPDATES, self._seen, 1_000_000)
        for update in updates:
            fields = update.fields
            self._standing.apply(fields[b"k"].decode(), int(fields[b"s"]), fields[b"u"], fields[b"p"])
            self._seen = update.position
        if not updates or not _whole(world) or turned_robots(world.ingest.log):
            return
        shown = self._standing.topics()[OVERVIEW]["totals"]
        most = plain.added(plain.measures(e.event) for e in plain.standing(world.ingest.log).values())
        for name in GROWING:
            if shown[name] > most.get(name, 0):
                raise Broken("totals never exceed", f"{name} shows {shown[name]} of {most.get(name, 0)}")
            if shown[name] < self._shown.get(name, 0):
                raise Broken("totals never go back", f"{name} from {self._shown[name]} to {shown[name]}")
        self._shown = shown

    def _live_holds(self, world: World, stands: list[Event]) -> None:
        events = [accepted.event for accepted in world.ingest.log]
        overview = self._standing.topics()[OVERVIEW]
        clock = self._standing.clock
        same("live clock", clock, max(world.redis.newest[keys.events(s)] for s in world.shards) >> SEQ_BITS)
        state = Standing()
        for field, payload in world.redis.hashes[keys.STATE].items():
            kind, _, part = field.decode().partition(":")
            state.apply(kind, int(part), dec(clock << SEQ_BITS), payload)
        same("the state and the updates", state.topics()[OVERVIEW], overview)
        complete = overview["since"] <= clock and clock >= world.whole_from
        if complete:
            for name, minutes in (("activeUsers", ACTIVE_MINUTES), ("listenersLastHour", WINDOW_MINUTES)):
                people = plain.listeners(events, clock, minutes)
                same(f"live {name}", overview[name], len(people))
        if world.bodies[CONTENT].starts == 1:  # which plays have ended is not kept in a snapshot
            shown = {item["contentId"]: item["listeners"] for item in overview["playingNow"]}
            wanted = {content: len(people) for content, people in plain.playing(events, clock).items()}
            same("live playingNow", shown, wanted)
        if not _whole(world):
            return
        if complete:
            hour, minutes_of = plain.last_hour(stands, clock)
            same("live lastHour", overview["lastHour"], hour)
            shown = {item["at"]: item["plays"] for item in overview["perMinute"] if item["plays"]}
            same("live perMinute", shown, minutes_of)
        total = plain.added(map(plain.measures, stands))
        same("live totals", {name: overview["totals"][name] for name in MEASURES},
              {name: total.get(name, 0) for name in MEASURES})  # fmt: skip


def _whole(world: World) -> bool:
    """Tell whether the open buckets are counted whole: no id untold, none left alone that is still open."""
    if world.story.max_ids < 1000:
        return False
    for shard in world.shards:
        first, closed = floor(world, shard), upto(world, shard)
        if closed < world.off_until:
            return False
        if any(e.shard == shard and closed < e.bucket < first for e in world.ingest.log):
            return False
    return True


def _progress(world: World, shard: int) -> Progress:
    held = world.redis.hashes[keys.progress(shard)]
    mark, closed = held.get(b"archive:mark"), world.redis.hashes[keys.base(shard)].get(b"upto")
    hashes, field = world.redis.hashes, b"viewers:u:%d" % shard
    viewers = tuple(position_of(hashes[keys.progress(part)].get(field)) for part in world.parts)
    content, raw, out = (position_of(held.get(name)) for name in (b"content", b"archive", b"archive:out"))
    upto = int(closed) if closed else None
    return Progress(content, raw, out, mark=int(mark) if mark else None, upto=upto, viewers=viewers)
