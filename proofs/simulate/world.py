"""The world of a story: ingest, ticker and three flow processes over one Redis and one history.

A process may be paused at an edge: the next steps of the story then happen before it goes on, as when a server
answers slowly. The steps of a paused process itself are left out, but for its death.
"""

from __future__ import annotations

import traceback
from collections import defaultdict, deque
from collections.abc import Callable, Iterator
from functools import partial
from typing import Final

from flows import bridge
from flows.streams.cursors import FIRST as FIRST_ENTRY
from flows.streams.cursors import WentBack
from proofs.simulate.bodies import Body
from proofs.simulate.failures import Broken, Failure
from proofs.simulate.ingest import Cut, Ingest
from proofs.simulate.processes import Died, Process
from proofs.simulate.stand_ins.history import Tables
from proofs.simulate.stand_ins.redis_data import Held, RedisData
from proofs.simulate.stories import story
from proofs.simulate.stories.story import ARCHIVE, FLOWS, SECOND, Run, Step, Story
from streakline.live_windows import WINDOW_MINUTES
from streakline.streams import keys
from streakline.times import AHEAD_MS, MINUTE_MS, SEQ_BITS, bucket_of, dec, enc

WANTED_SECONDS: Final = 35
"""How long archive hears of somebody who asked."""
MOMENTS: Final = 60
"""Steps that Redis may go back."""
ROUNDS: Final = 60
"""Rounds in which everything must have caught up when nothing new comes."""


class World:
    """Everything that a story happens to."""

    def __init__(self, played: Story) -> None:
        self.story = played
        self.shards = range(played.shards)
        self.redis = RedisData(played.begin)
        self.parts = range(played.parts)
        self.redis.run("SET", keys.PEOPLE_WHOLE, 1)
        self.ingest = Ingest(self.redis, played.shards, played.parts)
        self.tables = Tables()
        self.bodies = {flow: Body() for flow in FLOWS}
        self.had_two_owners = False
        self._skews = dict(played.skews)
        self._acting: list[str] = []
        """Whose code runs: the last one's, for which the others wait."""
        self.asked: Callable[[World, dict[int, int]], None] = lambda _world, _position: None
        self.rested: Callable[[World], None] = lambda _world: None
        self.returned: Callable[[World], None] = lambda _world: None
        self.at_step = 0
        self.off_until = 0
        """Start of the last bucket whose open counts may be off because Redis went back, 0 if it never did."""
        self.whole_from = 0
        """Moment in ms from which live windows hold nothing of what was lost."""
        goes_back = any(isinstance(step, story.Back) for step in played.steps)
        self._moments: deque[Held] = deque(maxlen=MOMENTS if goes_back else 0)
        """What Redis held before each of the last steps."""
        self._steps: Iterator[tuple[int, Step]] = iter(())

    @property
    def now(self) -> int:
        """The clock in ms."""
        return self.redis.now_ms

    def _wall_clock(self) -> float:
        """Return the time in s on the host of who asks."""
        skew = self._skews.get(self._acting[-1], 0) if self._acting else 0
        return (self.now + skew) / 1000

    # --- the story ------------------------------------------------------------------------------------

    def play(self) -> Failure | None:
        """Let everything happen; return what went wrong first."""
        self._steps = iter(enumerate(self.story.steps, start=1))
        before, bridge._now = bridge._now, self._wall_clock
        try:
            self._happen(None)
            self.at_step = len(self.story.steps) + 1
            self.rest()
            self.redis.now_ms += 100 * MINUTE_MS  # everything said so far is over, and closes
            self.rest()
        except Broken as broken:
            return Failure(broken.rule, broken.why, self.at_step)
        except Exception as error:  # noqa: BLE001 - whatever a flow dies of is a finding
            where = traceback.extract_tb(error.__traceback__)[-1]
            why = f"{type(error).__name__}: {error} ({where.filename.rsplit('/', 1)[-1]}:{where.lineno})"
            return Failure("nothing dies by itself", why, self.at_step)
        finally:
            bridge._now = before
        return None

    def _happen(self, steps: int | None, doomed: Body | None = None) -> None:
        """Let so many steps happen (None: all), or until a process is doomed."""
        done = 0
        while steps is None or done < steps:
            following = next(self._steps, None)
            if following is None:
                return
            self.at_step, step = following
            self.redis.now_ms = max(self.redis.now_ms, step.at)
            if self._moments.maxlen:
                self._moments.append(self.redis.copied())
            self._step(step)
            done += 1
            if doomed is not None and doomed.doomed:
                return

    def _step(self, step: Step) -> None:  # noqa: C901, PLR0912 - a case a kind of step
        match step:
            case story.Post(_, events):
                self.ingest.post(events, self._skews.get(story.SERVER, 0))
            case story.Recount(_, first, last):
                self.ingest.recount(first, last)
            case story.Tick():
                self.ingest.tick()
            case story.Trim(_, roomy):
                for cut in self.ingest.trim(roomy=roomy):
                    self._must_have_been_passed(cut)
            case story.Ask(_, back):
                self._ask(back)
            case story.Rest():
                self.rest()
            case story.Forward(_, ms):
                self.redis.now_ms += ms
            case story.Back(_, steps):
                self._go_back(steps)
            case story.Join(_, copied):
                self.bodies[SECOND] = self.bodies[ARCHIVE].copied() if copied else Body()
                self.had_two_owners = True
            case story.Leave():
                self._crash(SECOND, lose=True)
                self.bodies.pop(SECOND, None)
            case Run(_, flow) if flow in self.bodies:
                self.run(step)
            case story.Epoch(_, flow, writes) if flow in self.bodies:
                self._do(Run(step.at, flow, ()), lambda process: process.end_epoch(writes))
            case story.Crash(_, flow, lose):
                self._crash(flow, lose=lose)
            case story.Stop(_, flow) if flow in self.bodies:
                self._stop(flow)

    def _go_back(self, steps: int) -> None:
        """Let Redis be started on an older file: what was accepted since is lost, but for what history holds."""
        if not self._moments:
            return
        known = defaultdict(int, self.redis.newest)
        held = self._moments[-min(steps, len(self._moments))]
        self.redis.restart(held)
        self._moments.clear()  # they are of what has not come to be
        self.ingest.raise_ids(known)
        self.ingest.lose(held.newest, self.tables.stands)
        lost = max(known[keys.events(shard)] for shard in self.shards) >> SEQ_BITS
        self.off_until = bucket_of(lost + AHEAD_MS)
        self.whole_from = lost + AHEAD_MS + WINDOW_MINUTES * MINUTE_MS + MINUTE_MS
        for body in self.bodies.values():
            if body.process is not None and body.run is None:
                try:
                    body.process.look()
                except Died:
                    body.after_death()
        self.returned(self)

    def _ask(self, back: int) -> None:
        positions = self.ingest.positions
        if positions:
            for shard in self.shards:
                self.redis.run("SET", keys.wanted(shard), 1, "EX", WANTED_SECONDS)
            self.asked(self, positions[-min(back, len(positions))])

    def _must_have_been_passed(self, cut: Cut) -> None:
        """See to it that nobody would have to read again, after a crash, what trimming took away."""
        for flow in cut.readers:
            if flow == ARCHIVE and self.had_two_owners:
                continue  # another owner has read it, and history has it
            body = self.bodies[flow]
            held = (body.folder.positions or {}).get(cut.stream, FIRST_ENTRY)
            # Who lost his state and has not begun again has not said so yet; he will see what was cut.
            process = body.process
            begun = str(cut.number) in body.folder.own if process is None else process.has_begun(cut.number)
            unsaid = body.lost and not begun and held == FIRST_ENTRY
            if cut.last > enc(held) and not unsaid:
                why = f"{cut.stream} was cut behind {dec(cut.last)}, but {flow} would go on from {held} after a crash"
                raise Broken("trimming never passes a reader", why)

    # --- processes ------------------------------------------------------------------------------------

    def run(self, step: Run) -> None:
        """Let a flow work; it may die on the way."""
        self._do(step, lambda process: process.work(step.reads, step.writes))

    def _do(self, run: Run, act: Callable[[Process], None]) -> None:
        """Do something with the process of a flow, started if it is down; nothing if it is paused."""
        body = self.bodies[run.flow]
        if body.run is not None:
            return
        body.edges, body.run, body.doomed = 0, run, False
        self._acting.append(run.flow)
        try:
            if body.process is None:
                edge = partial(self._edge, body)
                body.process = body.started(run.flow, self.redis, self.tables, self.story, edge)
            act(body.process)
        except (Died, WentBack):
            body.after_death()
        finally:
            self._acting.pop()
            body.run = None
            if self.off_until and run.flow == ARCHIVE:
                self.ingest.recall(self.tables.stands)

    def _edge(self, body: Body) -> None:
        run = body.run
        if run is None:
            return
        body.edges += 1
        if body.edges == run.pause:
            self._happen(run.steps, body)
        if body.doomed or body.edges == run.crash:
            raise Died

    def _crash(self, flow: str, *, lose: bool) -> None:
        """Kill a process, or the one that is paused."""
        body = self.bodies.get(flow)
        if body is None:
            return
        body.doomed, body.lose = True, lose
        if body.run is None:
            body.after_death()

    def _stop(self, flow: str) -> None:
        body = self.bodies[flow]
        if body.process is not None and body.run is None:
            self._do(Run(self.now, flow, ()), lambda process: process.stop())
            body.process = None

    # --- rest -----------------------------------------------------------------------------------------

    def rest(self) -> None:
        """Let nothing new come until everything has caught up; then look at everything.

        Raises:
            Broken: if it does not catch up, or an invariant does not hold.
        """
        if any(body.run is not None for body in self.bodies.values()):
            return  # whoever is paused cannot catch up
        for number in range(ROUNDS):
            # Two ticks soon after; then the streams' clocks stand still while archive's 30 s pass.
            self.redis.now_ms += 31_000 if number == 2 else 6_000
            if number < 2:
                self.ingest.tick()
            for flow in self.bodies:
                self.run(Run(self.now, flow, (1000,)))
            if number >= 4 and not self._owing():
                self.rested(self)
                return
        raise Broken("everything catches up", f"not after {ROUNDS} rounds")

    def _owing(self) -> bool:
        if any(body.process is None or body.process.behind() for body in self.bodies.values()):
            return True
        return any(self.redis.hashes[keys.progress(s)].get(b"archive:mark") for s in self.shards)
