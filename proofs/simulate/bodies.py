"""The place of a flow's process in the world: what it is in the middle of, how it begins and what its death leaves."""

from __future__ import annotations

from collections.abc import Callable

from proofs.simulate import bridged
from proofs.simulate.processes import ArchiveProcess, Folder, Host, Process
from proofs.simulate.stand_ins.history import Tables
from proofs.simulate.stand_ins.redis_data import RedisData
from proofs.simulate.stories.story import CONTENT, VIEWERS, Run, Story
from streakline.streams.partitions import Partitions


class Body:
    """A process, or its place while it is down."""

    def __init__(self) -> None:
        self.process: Process | None = None
        self.folder = Folder()
        self.edges = 0
        self.run: Run | None = None
        """What it is in the middle of."""
        self.doomed = self.lose = False
        """Killed while it was paused; with its folder."""
        self.starts = 0
        self.lost = 0
        """How often it lost its folder."""

    def started(
        self, flow: str, redis: RedisData, tables: Tables, story: Story, edge: Callable[[], None]
    ) -> Process:
        """Return a new process of a flow; `edge` is called wherever it may die."""
        self.starts += 1
        host = Host(redis, self.folder, edge)
        if flow == CONTENT:
            return bridged.content(host, Partitions(story.shards, story.parts), story.max_ids)
        if flow == VIEWERS:
            return bridged.viewers(host, story.parts)
        return ArchiveProcess(host, story.shards, tables)

    def copied(self) -> Body:
        """Return the place of another process that begins with a copy of this one's folder."""
        other = Body()
        other.folder.positions = self.folder.positions and dict(self.folder.positions)
        return other

    def after_death(self) -> None:
        """Take note that the process is gone, and its folder too if it was to be lost."""
        self.process = None
        if self.lose:
            self.folder = Folder()
            self.lost += 1
        self.doomed = self.lose = False
