"""A master and its replica, each a real redis-server, with a link between them that can be cut."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, Self

import redis

from proofs.failover.address import LOOPBACK, MovingAddress
from proofs.running.parts import PartProcess
from stack.servers.ports import free_port
from stack.servers.redis_server import MEGABYTE, RedisServer

MEMORY: Final = 512 * MEGABYTE
PATIENCE: Final = 60.0
"""Seconds until a replica must be in step."""
_REPLICA: Final = """\
replicaof {host} {port}
masterauth {password}
repl-diskless-sync yes
repl-diskless-sync-delay 0
"""


class NotInStep(Exception):
    """A replica did not catch up with its master in time."""


class Member:
    """One redis-server of a pair."""

    def __init__(self, folder: Path, password: str, *, master: int | None = None) -> None:
        """Start it in `folder`, as a replica of the port `master` if there is one."""
        self.server = RedisServer(folder, port=free_port(), password=password, memory=MEMORY)
        self.server.prepare()
        if master is not None:
            with (folder / "redis.conf").open("a") as config:
                config.write(_REPLICA.format(host=LOOPBACK, port=master, password=password))
        self.process = PartProcess(self.server.part(), folder / "redis.log")
        self.process.start()

    def client(self) -> redis.Redis:
        """Return a new client."""
        return redis.Redis.from_url(self.server.url, socket_timeout=10)

    def replication(self) -> dict[str, Any]:
        """Return what the server says of its replication."""
        with self.client() as client:
            return dict(client.info("replication"))


class Pair:
    """A master at an address that moves, and a replica. Use it with `with`."""

    def __init__(self, folder: Path, password: str) -> None:
        """Start both."""
        self._folder, self._password = folder, password
        self._number = 0
        self.master = self._member()
        self.address = MovingAddress(self.master.server.port)
        self._link: MovingAddress | None = None
        self.replica = self._attached()

    def _member(self, master: int | None = None) -> Member:
        self._number += 1
        return Member(self._folder / f"redis-{self._number}", self._password, master=master)

    def _attached(self) -> Member:
        """Return a new replica of the master, behind a link of its own."""
        if self._link is not None:
            self._link.close()
        self._link = MovingAddress(self.master.server.port)
        return self._member(self._link.port)

    def wait_until_in_step(self) -> None:
        """Return when the replica holds what the master holds now.

        Raises:
            NotInStep: if it does not in time.
        """
        wanted = int(self.master.replication()["master_repl_offset"])

        def in_step() -> bool:
            held = self.replica.replication()
            return held["master_link_status"] == "up" and int(held["slave_repl_offset"]) >= wanted

        _wait("the replica in step with its master", in_step)

    def cut(self) -> None:
        """Cut the link: the replica hears of nothing any more."""
        assert self._link is not None
        self._link.lead_to(free_port())

    def fail_over(self) -> None:
        """Kill the master with SIGKILL, promote the replica, and let the address lead to it."""
        self.master.process.kill()
        with self.replica.client() as client:
            client.replicaof("NO", "ONE")
        self.master = self.replica
        self.address.lead_to(self.master.server.port)

    def attach(self) -> None:
        """Start another replica, as the operator of a lost host would."""
        self.replica = self._attached()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.address.close()
        if self._link is not None:
            self._link.close()
        for member in (self.master, self.replica):
            member.process.kill()


def _wait(what: str, holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not holds():
        if time.monotonic() > deadline:
            raise NotInStep(f"waited {PATIENCE:.0f} s in vain: {what}")
        time.sleep(0.02)
