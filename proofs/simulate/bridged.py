"""A flow whose tracker is kept by the bridge, driven as Bytewax drives its two steps.

What the first step says waits in a queue, ends of epochs among it, until the process deals with it: so the first
step may be ahead of the second, and of Redis.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any, Final, NamedTuple

from flows import bridge
from flows.bridge import Makers
from flows.content import ContentShells
from flows.process.gauges import Gauges
from flows.streams.candidates import Limits
from flows.streams.sink import RedisWrites, Write
from flows.streams.source import key_of
from flows.viewers import ViewerShells
from proofs.simulate.processes import Host, Process
from proofs.simulate.stories.story import ALL, CONTENT, VIEWERS
from streakline.streams import keys
from streakline.streams.partitions import Partitions

FEW: Final = Limits(waiting=2_000, plays=8, page=2, written=1_000, held=900)
"""So little that a read of viewers takes several steps, and a step several writes."""


class _Ended(NamedTuple):
    """The end of an epoch among what was said: the source's positions and the trackers' own states."""

    positions: dict[str, str]
    own: dict[str, tuple[int, bytes]]


class BridgedProcess(Process):
    """A flow whose tracker is kept by the bridge."""

    def __init__(
        self, host: Host, name: str, streams: list[str], makers: Callable[[BridgedProcess], Makers]
    ) -> None:
        super().__init__(host, name, streams)
        folder = host.folder
        self._makers = makers(self)
        self._shared = bridge._Chunks()
        self._trackers = {key: self._tracker(state) for key, state in folder.own.items()}
        self._chunks = {key: bridge._Chunk(self._shared, state) for key, state in folder.chunks.items()}
        writes = RedisWrites(self.client, self.reader.stop, self.reader.cursors.wrote)
        self._sink = writes.build("redis", 0, 1)
        self._touched: set[str] = set()
        self._woken: set[str] = set()
        self._gone: set[str] = set()
        self._said: deque[tuple[str, Any]] = deque()
        """What the trackers emitted and nobody has dealt with."""

    def _tracker(self, state: tuple[int, bytes] | None) -> bridge._Tracker:
        return bridge._Tracker(self._makers, self._shared, state)

    def work(self, reads: tuple[int, ...], writes: int) -> None:
        """Read so many times; deal with some of what the trackers have said."""
        for most in reads:
            for item in self.read(most):
                key = key_of(item)
                if key not in self._trackers:
                    self._trackers[key] = self._tracker(None)
                self._say(key, self._trackers[key].on_batch([item])[0])
        self._notify()
        self._handle_some(writes)
        while writes == ALL and self._notify():
            self._handle_some(ALL)

    def has_begun(self, shard: int) -> bool:
        """Tell whether something of the shard was read since the process began, or before."""
        tracker = self._trackers.get(str(shard))
        return tracker is not None and (tracker._shell is not None or tracker._own is not None)

    def tracker(self, shard: int) -> Any:
        """Return the tracker of a shard that has begun and been read."""
        shell: Any = self._trackers[str(shard)]._shell
        return shell._tracker

    def _notify(self) -> bool:
        """Wake the trackers for which it is time; return whether one of them said something."""
        now, said = bridge._now(), len(self._said)
        for key, tracker in self._trackers.items():
            due = tracker.notify_at()
            if due is not None and due.timestamp() <= now:
                self._say(key, tracker.on_notify()[0])
        return len(self._said) > said

    def _say(self, key: str, said: list[Any]) -> None:
        self._touched.add(key)
        self._said += said

    def end_epoch(self, writes: int) -> None:
        """End an epoch in the first step; in the second when what was said before has been dealt with."""
        positions = self.source.snapshot()
        own = {key: self._trackers[key].snapshot() for key in sorted(self._touched)}
        self._touched.clear()
        self._said.append(("", _Ended(positions, own)))
        self._handle_some(writes)

    def stop(self) -> None:
        """Let the source end: every key is asked for a snapshot."""
        for key, tracker in self._trackers.items():
            self._say(key, tracker.on_eof()[0])
        self._handle_some(ALL)
        self.end_epoch(0)
        self._woken = set(self._chunks)
        self._handle_some(ALL)

    def _handle_some(self, number: int) -> None:
        for _ in range(min(number, len(self._said))):
            self._handle(*self._said.popleft())

    def _handle(self, key: str, said: Any) -> None:
        if isinstance(said, _Ended):
            self._commit(said)
        elif isinstance(said, Write):
            self._sink.write_batch([(key, said)])
        else:
            self._wake(key, alive=said.alive)

    def _wake(self, key: str, *, alive: bool) -> None:
        chunk = self._chunks.get(key)
        if chunk is None:
            chunk = self._chunks[key] = bridge._Chunk(self._shared, None)
        _, discard = chunk.on_batch([(key, alive)])
        self._woken.add(key)
        self._gone.discard(key)
        if discard:
            del self._chunks[key]
            self._woken.discard(key)
            self._gone.add(key)

    def _commit(self, ended: _Ended) -> None:
        chunks = {key: self._chunks[key].snapshot() for key in sorted(self._woken)}
        folder = self.folder
        folder.positions, folder.own = ended.positions, {**folder.own, **ended.own}
        folder.chunks = {k: v for k, v in {**folder.chunks, **chunks}.items() if k not in self._gone}
        self._woken.clear()
        self._gone.clear()


def content(host: Host, partitions: Partitions, max_ids: int) -> Process:
    """Return the content flow's process."""

    def makers(process: BridgedProcess) -> Makers:
        return ContentShells(process.client, process.reader, partitions, max_ids, Gauges("content", "all"))

    return BridgedProcess(host, CONTENT, [keys.events(s) for s in range(partitions.shards)], makers)


def viewers(host: Host, parts: int) -> Process:
    """Return the viewers flow's process."""

    def makers(process: BridgedProcess) -> Makers:
        return ViewerShells(process.client, process.reader, parts, Gauges("viewers", "all"), FEW)

    return BridgedProcess(host, VIEWERS, [keys.candidates(p) for p in range(parts)], makers)
