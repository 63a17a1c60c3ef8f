"""A story: what happens, in order, as plain data. A seed makes one; shrinking leaves steps out of it.

Every step says when it happens (ms of the streams' clock), so that a story without some of its steps is a story.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import NamedTuple

from proofs.simulate.stories.said import Said

CONTENT, VIEWERS, ARCHIVE = FLOWS = ("content", "viewers", "archive")
SECOND = "second archive"
"""Another process of archive that owns the same shards, while there is one."""
SERVER = "server"

ALL = 1_000_000


class Post(NamedTuple):
    """Events arrive, in one request."""

    at: int
    events: tuple[Said, ...]


class Recount(NamedTuple):
    """A control entry asks for a recount of a range."""

    at: int
    first: int | None
    last: int | None


class Tick(NamedTuple):
    """The ticker looks after silent streams."""

    at: int


class Trim(NamedTuple):
    """The ticker trims, with much memory left or with little."""

    at: int
    roomy: bool


class Run(NamedTuple):
    """A flow reads and does what follows."""

    at: int
    flow: str
    reads: tuple[int, ...]
    """Of each read, how many entries of a stream it gives at most."""
    writes: int = ALL
    """How many things that it has said are dealt with now; the rest stays for later."""
    crash: int = 0
    """It dies at so many edges of its reads and writes; 0: it does not."""
    pause: int = 0
    """At so many edges others go first; 0: never."""
    steps: int = 0
    """For so many steps: a slow server, a stopped process, ClickHouse away."""


class Epoch(NamedTuple):
    """An epoch of a flow ends: its state goes to its recovery folder."""

    at: int
    flow: str
    writes: int = ALL


class Crash(NamedTuple):
    """A flow is killed; what it has not written is lost, and perhaps its recovery folder too."""

    at: int
    flow: str
    lose: bool


class Stop(NamedTuple):
    """A flow is told to stop, and stops with a last snapshot."""

    at: int
    flow: str


class Ask(NamedTuple):
    """Somebody asks whether a position has settled: of the newest `back` positions the oldest."""

    at: int
    back: int


class Rest(NamedTuple):
    """Nothing new comes until everything has caught up."""

    at: int


class Back(NamedTuple):
    """Redis is started again with what it held so many steps ago."""

    at: int
    steps: int


class Forward(NamedTuple):
    """Redis' clock is set forward, and stands still until time has caught up with it."""

    at: int
    ms: int


class Join(NamedTuple):
    """Somebody starts a second archive over the same shards, with a copy of the first one's folder or with none."""

    at: int
    copied: bool


class Leave(NamedTuple):
    """The second archive is killed, for good."""

    at: int


Step = Join | Leave | Post | Recount | Tick | Trim | Run | Epoch | Crash | Stop | Ask | Rest | Back | Forward


class Story(NamedTuple):
    """Steps, and the world that they happen in."""

    begin: int
    """The clock at first, ms."""
    shards: int
    """Of contents."""
    parts: int
    """Of persons."""
    max_ids: int
    """Identities that the content flow may hold."""
    steps: tuple[Step, ...]
    skews: tuple[tuple[str, int], ...] = ()
    """How far the wall clock of a flow's host, or of the server's, is from Redis' clock, ms."""


def lines_of(story: Story) -> Iterator[str]:
    """Return a story as lines for people."""
    bound = "" if story.max_ids >= 1000 else f", at most {story.max_ids} ids held"
    off = "".join(f", {name}'s clock is off by {ms // 1000} s" for name, ms in story.skews)
    divided = f"{story.shards} shard(s) and {story.parts} part(s)"
    yield f"begins at {clock_text(story.begin, story.begin)} with {divided}{bound}{off}"
    for number, step in enumerate(story.steps, start=1):
        yield f"{number:4} {clock_text(step.at, story.begin)}  {_line(step, story.begin)}"


def clock_text(ms: int, begin: int) -> str:
    """Return a moment as a person reads it: the day only where it is another one."""
    at, first = (datetime.fromtimestamp(value / 1000, UTC) for value in (ms, begin))
    days = (at.date() - first.date()).days
    return f"{at:%H:%M:%S}.{ms % 1000:03}" + (f" ({days:+} d)" if days else "")


def _line(step: Step, begin: int) -> str:  # noqa: C901, PLR0911, PLR0912 - one a kind of step
    match step:
        case Post(_, events):
            return "post " + "; ".join(said_text(said, begin) for said in events)
        case Recount(_, first, last):
            ends = ("-" if at is None else clock_text(at, begin) for at in (first, last))
            return f"recount from {' to '.join(ends)}"
        case Run():
            return _run_line(step)
        case Epoch(_, flow, writes):
            return f"{flow} ends an epoch" + _later(writes)
        case Crash(_, flow, lose):
            return f"{flow} is killed" + (" and loses its recovery folder" if lose else "")
        case Stop(_, flow):
            return f"{flow} stops in order"
        case Trim(_, roomy):
            return "trim" + ("" if roomy else ", memory is short")
        case Back(_, steps):
            return f"redis goes back by {steps} steps"
        case Join(_, copied):
            return f"a second archive begins, with {'a copy of the folder' if copied else 'no folder'}"
        case Leave():
            return "the second archive is killed for good"
        case Forward(_, ms):
            return f"redis' clock is set forward by {ms // 1000} s"
        case Ask(_, back):
            return f"ask whether position {back} from the end has settled"
        case _:
            return type(step).__name__.lower()


def _run_line(run: Run) -> str:
    line = f"{run.flow} reads up to {', '.join(map(str, run.reads)) or 'nothing'}"
    line += _later(run.writes)
    if run.pause:
        line += f", at edge {run.pause} waits for {run.steps} steps"
    if run.crash:
        line += f", dies at edge {run.crash}"
    return line


def _later(writes: int) -> str:
    return "" if writes == ALL else f", deals with {writes} of what it said"


def said_text(said: Said, begin: int) -> str:
    """Return an event as a person reads it."""
    parts = [said.type, said.id, f"of {said.content or 'nothing'} by {said.listener}"]
    if said.seconds is not None:
        parts.append(f"{said.seconds} s" + (f" of {said.length} s" if said.length else ""))
    parts.append(f"begun {clock_text(said.start, begin)}")
    if said.at != said.start:
        parts.append(f"at {clock_text(said.at, begin)}")
    parts += [name for name in ("replayed", "bot") if getattr(said, name)]
    return " ".join(parts)
