"""What `streakline replay` does: move recorded times to now, and say which events are due."""

import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from streakline.times import parse_when
from streakline_client import Receipt
from streakline_client.imports import wikipedia
from streakline_client.imports.events import rows
from streakline_client.imports.rows import Imported, Outcome, Unreadable

_TIMES = ("timestamp", "startedAt")


def recorded(lines: Iterable[str]) -> Iterator[Outcome]:
    """Yield the outcome of each row of a recorded stream: of wire events, or of Wikipedia's edits.

    Raises:
        BadFile: if the file has no rows of JSON.
    """
    for number, row in rows(lines):
        if isinstance(row, dict) and row.keys() >= wikipedia.FIELDS and "type" not in row:
            yield wikipedia.edit(number, row)
        elif isinstance(row, dict) and "timestamp" in row:
            yield Imported(number, row)
        else:
            yield Unreadable(number, f"{str(row)[:80]!r} is neither an event with a timestamp nor an edit")


@dataclass
class Recording:
    """The events of a stream in the order in which they were sent."""

    events: list[tuple[int, int, dict[str, Any]]] = field(default_factory=list)
    """(epoch ms at which its sender knew it, row, event with times in epoch ms)."""
    unreadable: list[tuple[int, str]] = field(default_factory=list)

    @classmethod
    def of(cls, outcomes: Iterable[Outcome]) -> "Recording":
        """Return the recording of a file's rows."""
        recording = cls()
        for outcome in outcomes:
            if isinstance(outcome, Unreadable):
                recording.unreadable.append((outcome.row, outcome.error))
            elif isinstance(outcome, Imported):
                try:
                    event = outcome.event | _parsed(outcome.event)
                except (ValueError, OverflowError) as error:
                    recording.unreadable.append((outcome.row, str(error)))
                else:
                    recording.events.append((_known(event), outcome.row, event))
        recording.events.sort(key=lambda item: item[:2])
        return recording


def _parsed(event: dict[str, Any]) -> dict[str, int]:
    return {name: parse_when(event[name])[0] for name in _TIMES if event.get(name) is not None}


def _known(event: dict[str, Any]) -> int:
    """Return when the sender knew an event: its time, but of a whole play its end."""
    at = int(event["timestamp"])
    if event.get("type") == "play" and isinstance(event.get("duration"), int | float):
        at += round(event["duration"] * 1000)
    return at


class Replay:
    """A recording on its way to the server."""

    def __init__(self, recording: Recording, *, start: int, speed: float) -> None:
        """Put the first event of `recording` to `start` (epoch ms)."""
        self._events = recording.events
        self._start = start
        self._speed = speed
        self._next = 0
        self._run = uuid.uuid4()
        self.first = recording.events[0][0]
        self.total = recording.events[-1][0] - self.first
        """Recorded milliseconds."""
        self.at = self.first
        """Recorded time that is reached."""
        self.accepted = 0
        self.rejected: list[tuple[int, str]] = []

    @property
    def done(self) -> bool:
        """Whether all is sent."""
        return self._next >= len(self._events)

    def due(self, now: int) -> tuple[list[int], list[dict[str, Any]]]:
        """Return the rows and events that are due at a moment (epoch ms) and were not returned before."""
        self.at = min(self.first + self.total, self.first + round((now - self._start) * self._speed))
        begin = self._next
        while not self.done and self._events[self._next][0] <= self.at:
            self._next += 1
        due = self._events[begin : self._next]
        return [row for _, row, _ in due], [self._moved(event) for _, _, event in due]

    def take(self, rows: list[int], receipt: Receipt) -> None:
        """Take in what the server answered."""
        self.accepted += receipt.accepted
        self.rejected += [(rows[one.index], one.error) for one in receipt.rejected]

    def line(self, now: int) -> str:
        """Return the state for the progress line."""
        rate = self.accepted / max(1.0, (now - self._start) / 1000)
        at = datetime.fromtimestamp(self.at / 1000, UTC)
        return f"{at:%Y-%m-%d %H:%M} {self.accepted:,} events, {rate:,.0f}/s"

    def summary(self) -> str:
        """Return what was done, for people."""
        return f"{self.accepted:,} of {len(self._events):,} events accepted, {len(self.rejected):,} rejected"

    def _moved(self, event: dict[str, Any]) -> dict[str, Any]:
        moved = {"userAgent": "", **event}  # the recorded sender's, not this command's
        for name in _TIMES:
            if name in event:
                moved[name] = self._start + round((event[name] - self.first) / self._speed)
        for name in ("id", "playId"):
            if event.get(name):
                moved[name] = str(uuid.uuid5(self._run, str(event[name])))
        moved.setdefault("id", str(uuid.uuid4()))
        return moved
