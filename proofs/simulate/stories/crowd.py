"""What people do and senders send: plays that grow, repeats, late and future times, robots."""

from __future__ import annotations

from random import Random
from typing import Final

from proofs.counting.plain import DAY, HOUR, MINUTE, QUARTER
from proofs.simulate.stories.said import Said

KEPT: Final = 12
"""So many requests and plays are remembered, to be repeated and to grow."""


class Crowd:
    """Some people and contents. `now` is the clock in ms, told by whoever tells the story."""

    def __init__(self, random: Random, now: int, apart: Random) -> None:
        self._random, self.now = random, now
        self._apart = apart
        """Decides what was added later, so that the other stories stay as they were found to tell of faults."""
        self._contents = [f"c{number}" for number in range(random.choice((1, 2, 4)))]
        self.people = [f"u{number}" for number in range(random.choice((2, 5, 12)))]
        self._sent: list[tuple[Said, ...]] = []
        self._plays: list[Said] = []
        self._number = 0
        self._late = now - 3 * HOUR

    def like(self, listener: str | None, start: int) -> Said:
        """Let somebody like the first content; None: somebody new."""
        identity = self._new_id("e")
        return Said("like", self._contents[0], identity, start, start, listener or f"n{self._number}")

    def likes(self, start: int) -> tuple[Said, ...]:
        """Let somebody new like each content."""
        found = []
        for content in self._contents:
            identity = self._new_id("e")
            found.append(Said("like", content, identity, start, start, f"n{self._number}"))
        return tuple(found)

    def request(self) -> tuple[Said, ...]:
        """Return the events of a request."""
        random = self._random
        if self._sent and random.random() < 0.12:
            return random.choice(self._sent)  # sent again: the answer was lost
        events = tuple(self._said() for _ in range(random.choice((1, 1, 2, 3, 6))))
        self._sent = [*self._sent, events][-KEPT:]
        return events

    def _said(self) -> Said:
        random = self._random
        pick = random.random()
        if self._plays and pick < 0.4:
            return self._grown(random.choice(self._plays))
        if pick < 0.8:
            return self._play()
        if self._sent and pick < 0.84:
            return random.choice(random.choice(self._sent))
        kinds = ("like", "like", "unlike", "save", "share", "share", "download", "comment", "follow")
        kind = random.choice(kinds)
        at = self._moment()
        person = random.choice(self.people)
        content = random.choice(self._contents) if kind != "follow" else ""
        identity, platform = self._new_id("e"), self._platform()
        return Said(kind, content, identity, at, at, person, platform=platform, bot=self._robot())

    def _play(self) -> Said:
        random = self._random
        kind = random.choice(("play", "play", "play_start", "heartbeat"))
        start = self._moment()
        says_none = kind == "play" and random.random() < 0.15
        seconds = None if says_none else float(random.choice((0, 5, 19.999, 20, 60)))
        length = random.choice((None, None, 12, 64, 200))
        at = start if kind == "play" else start + random.choice((0, 0, int((seconds or 0) * 1000)))
        said = Said(
            kind, random.choice(self._contents), self._new_id("p"), at, start, random.choice(self.people), seconds,
            length, self._platform(), random.choice(("", "feed", "search")), random.random() < 0.1, self._robot(),
        )  # fmt: skip
        self._plays = [*self._plays, said][-KEPT:]
        return said

    def _grown(self, said: Said) -> Said:
        """Return a later word on a play: mostly of more seconds, sometimes of as many or fewer."""
        random = self._random
        seconds = (said.seconds or 0.0) + random.choice((10.0, 10.0, 35.0, 0.0, -5.0))
        kind = random.choice(("heartbeat", "heartbeat", "play"))
        at = said.start if kind == "play" else max(said.start, min(self.now, said.start + 7 * HOUR))
        platform = said.platform if random.random() < 0.8 else self._platform()
        robot = said.bot if random.random() < 0.95 else not said.bot
        grown = said._replace(type=kind, seconds=max(0.0, seconds), at=at, platform=platform, bot=robot)
        grown = self._handed_over(grown)
        self._plays = [grown if play.id == said.id else play for play in self._plays]
        return grown

    def _handed_over(self, said: Said) -> Said:
        """Let somebody else go on with some plays, sign in or out, or travel."""
        apart = self._apart
        match apart.randrange(20):
            case 0:
                return said._replace(listener=apart.choice(self.people))
            case 1:
                return said._replace(named=not said.named)
            case 2:
                return said._replace(zone=apart.choice((None, 0, 22, 55, -28)))
        return said

    def _moment(self) -> int:
        random, now = self._random, self.now
        pick = random.random()
        if pick < 0.5:
            return now - random.randrange(5_000)
        if pick < 0.6:
            return now - random.randrange(75 * MINUTE)
        if pick < 0.66:  # where something late just came: the second finds the mark of the first
            return self._late + random.randrange(3)
        if pick < 0.75:  # about where lateness begins
            return now - now % QUARTER - 75 * MINUTE + random.choice((-1, 0, QUARTER // 2))
        if pick < 0.9:
            back = random.randrange(5 * HOUR) if pick < 0.85 else random.choice((DAY, 2 * DAY, 330 * DAY))
            self._late = now - back
            return self._late
        return now + random.choice((10_000, MINUTE, 7 * MINUTE, 15 * MINUTE))

    def _platform(self) -> str:
        return self._random.choice(("", "web", "ios", "tv"))

    def _robot(self) -> bool:
        return self._random.random() < 0.05

    def _new_id(self, prefix: str) -> str:
        self._number += 1
        return f"{prefix}{self._number}"
