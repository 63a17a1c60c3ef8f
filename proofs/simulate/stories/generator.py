"""From a seed to a story: who says what when, who runs, who dies."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Final

from proofs.counting.plain import HOUR, MINUTE, QUARTER
from proofs.simulate.stories.crowd import Crowd
from proofs.simulate.stories.personal import with_persons
from proofs.simulate.stories.story import (
    ALL,
    ARCHIVE,
    CONTENT,
    FLOWS,
    SECOND,
    SERVER,
    VIEWERS,
    Ask,
    Back,
    Crash,
    Epoch,
    Forward,
    Join,
    Leave,
    Post,
    Recount,
    Rest,
    Run,
    Step,
    Stop,
    Story,
    Tick,
    Trim,
)  # fmt: skip

MIDNIGHT: Final = 1_763_683_200_000
"""2025-11-21T00:00:00Z."""
STEPS: Final = 220
CLOCKS, BACKS = 0.08, 0.15
"""In how many stories Redis' clock steps forward; in how many Redis is started on an older file."""
OWNERS, SKEWS, PAIRS = 0.2, 0.15, 0.4
"""In how many stories archive has a second owner for a while; hosts' clocks differ; persons have their own parts."""
SCENES: Final = 0.02
"""How many of the steps begin a scene: something rare that takes several steps in a row."""


def make(seed: int) -> Story:
    """Return the story of a seed."""
    return with_persons(_Teller(Random(seed), Random(seed + 1), Random(seed + 2)).story(), Random(seed + 3))


class _Teller:
    def __init__(self, random: Random, apart: Random, handing: Random) -> None:
        self._random = random
        self._apart = apart
        """Decides what was added later, so that the other stories stay as they were found to tell of faults."""
        # Three to five hours: in most stories a UTC day closes on the way.
        self._begin = MIDNIGHT - random.choice((10, 55, 110, 180, 290)) * MINUTE + random.randrange(QUARTER)
        self._now = self._begin
        self._crowd = Crowd(random, self._begin, handing)
        self._hurry = random.choice((0.3, 0.6, 0.6, 1.2))
        """How much time passes between two steps."""
        self._danger = random.choice((0.3, 1.0, 1.0, 2.0))
        """How often something goes wrong."""
        self._lazy = random.choice((0.0, 0.2, 0.7))
        """How often a process deals with what it said only later."""

    def story(self) -> Story:
        """Return the story."""
        random = self._random
        number, steps = random.randint(STEPS // 2, STEPS), list[Step]()
        while len(steps) < number:
            steps += self._scene() if random.random() < SCENES else [self._step()]
        shards, max_ids = random.choice((1, 1, 2)), 8 if random.random() < 0.04 else 1_000_000
        self._trouble_redis(steps)
        if random.random() < OWNERS and not any(isinstance(step, Back) for step in steps):
            steps = list(self._with_two_owners(steps))
        skews = self._skews()
        parts = self._apart.choice((1, 2, 3)) if self._apart.random() < PAIRS else shards
        return Story(self._begin, shards, parts, max_ids, tuple(steps), skews)

    def _skews(self) -> tuple[tuple[str, int], ...]:
        """Let the hosts' clocks differ, in some stories."""
        random = self._random
        if random.random() >= SKEWS:
            return ()
        off = [(flow, random.choice((-HOUR, -5 * MINUTE, 0, 5 * MINUTE, HOUR))) for flow in FLOWS]
        return (*off, (SERVER, random.choice((-5 * MINUTE, 0, 5 * MINUTE))))

    def _with_two_owners(self, steps: list[Step]) -> Iterator[Step]:
        """Let a second archive own the shards from some step on, perhaps to the end, and sleep now and then."""
        random = self._random
        first = random.randrange(len(steps))
        last = len(steps) if random.random() < 0.5 else random.randrange(first, len(steps))
        for number, step in enumerate(steps):
            yield step
            if number == first:
                yield Join(step.at, random.random() < 0.5)
                if random.random() < 0.5:
                    yield from self._both_recount(step.at)
            if first <= number < last and isinstance(step, Run | Epoch | Crash) and step.flow == ARCHIVE:
                if random.random() < 0.6:
                    yield step._replace(flow=SECOND)
            elif first <= number < last and random.random() < 0.2:
                sleep, edge = random.choice((1, 2, 5, 12, 60)), random.randint(1, 30)
                yield Run(step.at, random.choice((ARCHIVE, SECOND)), (100, 100), pause=edge, steps=sleep)
            if number == last:
                yield Leave(step.at)

    def _trouble_redis(self, steps: list[Step]) -> None:
        """Let Redis' clock step forward, or Redis go back, in some stories."""
        random = self._random
        if random.random() < CLOCKS:
            place = random.randrange(len(steps))
            ahead = random.choice((10_000, 3 * MINUTE, QUARTER, HOUR, 2 * HOUR))
            steps.insert(place + 1, Forward(steps[place].at, ahead))
        if random.random() < BACKS:
            for _ in range(random.choice((1, 1, 2))):
                place = random.randrange(len(steps))
                steps[place + 1 : place + 1] = self._back(steps[place].at)

    def _both_recount(self, at: int) -> Iterator[Step]:
        """Let an owner recount more in the middle of another's recount; then one owe what the other has not read."""
        random = self._random
        start = at - random.randrange(2 * HOUR, 5 * HOUR)
        for _ in range(2):
            at += 32_000
            yield from (Post(at, self._crowd.likes(start)), Run(at + 1_100, CONTENT, (1000,)))
            yield Run(at + 1_200, ARCHIVE, (100,), pause=random.randint(9, 13), steps=3)
            yield from (Post(at + 1_200, self._crowd.likes(start)), Run(at + 2_300, CONTENT, (1000,)))
            yield Run(at + 2_300, SECOND, (1000, 1000))
        yield from (Post(at + 2_350, self._crowd.likes(start)), Run(at + 3_400, CONTENT, (1000,)))
        yield from (Run(at + 3_400, flow, (1000, 1000)) for flow in (VIEWERS, ARCHIVE, SECOND))
        yield from (Post(at + 3_500, self._crowd.likes(start - HOUR)), Run(at + 4_600, CONTENT, (1000,)))
        yield from (Run(at + 4_600, flow, (1000, 1000)) for flow in (VIEWERS, SECOND))
        yield from (Ask(at + 4_600, 1), Run(at + 4_600, ARCHIVE, ()), Ask(at + 4_600, 1))

    def _back(self, at: int) -> list[Step]:
        """Let Redis go back: by any number of steps, or by some that matter."""
        random = self._random
        if 0.05 <= (scene := self._apart.random()) < 0.25:
            return self._back_under_archive(at) if scene < 0.15 else self._back_by_a_recount(at)
        if random.random() < 0.6:
            return [Back(at, random.choice((1, 2, 5, 12, 30, 60)))]
        posts = [Post(at, (self._crowd.like(None, at),)) for _ in range(3)]
        if random.random() < 0.3:  # within the ms in which something was accepted, and more is
            return [posts[0], Run(at, self._flow(), (100,)), Back(at, random.choice((2, 3, 12))), posts[1]]
        # What flows have written, closed and kept is lost; with the last thing that they read, or without.
        flow, early = self._flow(), random.random() < 0.5
        later = at + random.choice((2_200, 2_200, 100 * MINUTE))
        steps: list[Step] = [posts[0], *self._both_read(at + 1_100)]
        steps += [Epoch(at + 1_100, flow)] if early else []
        steps += [posts[1]._replace(at=later), *self._both_read(later + 1_100)]
        steps += [] if early else [Epoch(later + 1_100, flow)]
        if random.random() < 0.5:
            steps += [Crash(later + 1_100, flow, lose=False), Run(later + 1_100, flow, ())]
        back = Back(later + 1_100, random.randint(1, len(steps)))
        steps += [back, posts[2]._replace(at=later + 1_100), *self._both_read(later + 3_300)]
        return [*steps, Rest(later + 3_300)] if random.random() < 0.5 else steps

    def _back_under_archive(self, at: int) -> list[Step]:
        """Let Redis go back while archive takes late events of all contents, just after others of the same keys."""
        start = at - self._random.randrange(2 * HOUR, 5 * HOUR)
        steps: list[Step] = [Post(at, self._crowd.likes(start)), *self._both_read(at + 1_100)]
        steps += [Post(at + 1_200, self._crowd.likes(start)), *self._both_read(at + 2_300)]
        steps.append(Post(at + 2_400, self._crowd.likes(start)))
        steps.append(Run(at + 2_500, ARCHIVE, (100,), pause=self._random.randint(1, 4), steps=1))
        return [*steps, Back(at + 2_500, self._random.randint(3, 7)), Rest(at + 4_700)]

    def _back_by_a_recount(self, at: int) -> list[Step]:
        """Let Redis go back by what archive wrote after it had read everything: a recount, and perhaps a close."""
        start = at - self._random.randrange(2 * HOUR, 5 * HOUR)
        steps: list[Step] = [Post(at, self._crowd.likes(start)), *self._both_read(at + 1_100)]
        steps += [Post(at + 1_200, self._crowd.likes(start)), *self._both_read(at + 2_300)]
        return [*steps, Run(at + 33_000, ARCHIVE, ()), Back(at + 33_000, 2), Rest(at + 35_200)]

    def _both_read(self, at: int) -> list[Step]:
        return [Run(at, CONTENT, (1000,)), Run(at, ARCHIVE, (1000,))]

    def _step(self) -> Step:
        self._pass_time()
        random = self._random
        if random.random() < 0.3 * self._danger:
            faults = (self._crash, self._faulty_run, self._trim, None, self._recount)
            fault = random.choices(faults, (6, 12, 5, 1, 1))[0]
            return fault() if fault else Stop(self._now, self._flow())
        tick, rest = Tick(self._now), Rest(self._now)
        usual = (self._post, self._run, lambda: tick, self._epoch, self._ask, lambda: rest)
        return random.choices(usual, (32, 33, 8, 14, 11, 1.5))[0]()

    def _pass_time(self) -> None:
        random = self._random
        pick = random.random()
        if pick < 0.3:
            return
        if pick < 0.5:
            self._now += random.randrange(1_000)
        elif pick < 0.7:
            self._now += random.randrange(1_000, 40_000)
        elif pick < 0.93:
            self._now += int(random.randrange(MINUTE, 6 * MINUTE) * self._hurry)
        elif pick < 0.97:  # to the ms at which something opens or is over
            self._now += QUARTER - self._now % QUARTER + random.choice((-1, 0, 1))
        else:
            self._now += int(random.randrange(10 * MINUTE, 40 * MINUTE) * self._hurry)

    # --- scenes ---------------------------------------------------------------------------------------

    def _scene(self) -> list[Step]:
        scenes = self._killed_in_haste, self._late_twice, self._seen_ahead, self._epochs_ahead
        return self._random.choice(scenes)()

    def _killed_in_haste(self) -> list[Step]:
        """The content flow dies with candidates that it could not send yet."""
        flow, steps = CONTENT, list[Step]()
        for _ in range(2):
            steps += [self._liked(None, self._now), self._read(flow, 20)]
        return [*steps, Epoch(self._now, flow), Crash(self._now, flow, lose=False)]

    def _late_twice(self) -> list[Step]:
        """Two late events of one key come while archive, which has just recounted, does not recount."""
        start = self._now - self._random.randrange(2 * HOUR, 5 * HOUR)
        everybody = (CONTENT, VIEWERS, ARCHIVE)
        steps: list[Step] = [self._liked("u0", start)]
        steps += [self._read(flow, 1_100) for flow in everybody]
        steps += [self._liked("u0", start), self._liked("u1", start)]
        steps += [self._read(flow, 1_100, (1, 1, 1)) for flow in everybody]
        return [*steps, Ask(self._now, 2), self._read(ARCHIVE, 300), Ask(self._now, 2)]

    def _seen_ahead(self) -> list[Step]:
        """Somebody is seen whose minute has not come yet, and the viewers flow dies before it comes."""
        steps: list[Step] = [self._liked(None, self._now + self._random.randrange(10 * MINUTE))]
        steps += [self._read(CONTENT, 1_100), self._read(VIEWERS, 300), Epoch(self._now, VIEWERS)]
        steps += [Crash(self._now, VIEWERS, lose=False)]
        self._now += self._random.randrange(20 * MINUTE)
        return [*steps, Rest(self._now)]

    def _epochs_ahead(self) -> list[Step]:
        """The content flow is two epochs ahead of what it has written, and dies while it writes."""
        steps = list[Step]()
        for _ in range(2):
            steps.append(self._liked(self._random.choice(self._crowd.people), self._now))
            self._now += 1_100
            steps += [Run(self._now, CONTENT, (100,), 0), Epoch(self._now, CONTENT, 0)]
        return [*steps, Run(self._now, CONTENT, (), crash=self._random.randint(1, 6))]

    def _liked(self, listener: str | None, start: int) -> Post:
        return Post(self._now, (self._crowd.like(listener, start),))

    def _read(self, flow: str, after: int, reads: tuple[int, ...] = (100, 100)) -> Run:
        self._now += after
        return Run(self._now, flow, reads)

    # --- single steps ---------------------------------------------------------------------------------

    def _post(self) -> Step:
        self._crowd.now = self._now
        return Post(self._now, self._crowd.request())

    def _ask(self) -> Step:
        return Ask(self._now, self._random.choice((1, 1, 2, 3, 5, 8)))

    def _trim(self) -> Step:
        return Trim(self._now, roomy=self._random.random() < 0.5)

    def _epoch(self) -> Step:
        return Epoch(self._now, self._flow(), self._writes())

    def _crash(self) -> Step:
        return Crash(self._now, self._flow(), lose=self._random.random() < 0.2)

    def _flow(self) -> str:
        return self._random.choices(FLOWS, (5, 3, 5))[0]

    def _run(self) -> Run:
        random = self._random
        flow = random.choices(FLOWS, (10, 5, 9))[0]
        reads = tuple(random.choice((1, 2, 3, 5, 100)) for _ in range(random.choice((0, 1, 1, 1, 2))))
        return Run(self._now, flow, reads, self._writes())

    def _faulty_run(self) -> Step:
        random, run = self._random, self._run()
        reads, edge = run.reads or (100,), random.choice((1, 2, 3, 4, 5, 6, 8, 10, 13, 17))
        if random.random() < 0.5:
            return run._replace(reads=reads, writes=ALL, crash=edge)
        steps = random.choice((1, 2, 3, 5, 8, 25))  # the last: ClickHouse is away
        return run._replace(reads=reads, pause=edge, steps=steps)

    def _writes(self) -> int:
        return self._random.choice((0, 1, 2, 4, 8)) if self._random.random() < self._lazy else ALL

    def _recount(self) -> Step:
        random = self._random
        if random.random() < 0.3:
            return Recount(self._now, None, None)
        first = self._now - random.randrange(5 * HOUR)
        return Recount(self._now, first, first + random.randrange(3 * HOUR))
