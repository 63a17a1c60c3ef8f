"""Real Redis and real ClickHouse for tests: one of each a session, empty at the start of each test."""

import contextlib
import functools
import os
import re
import secrets
import signal
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import clickhouse_connect
import redis
from clickhouse_connect.driver.client import Client

from proofs.running.parts import PartProcess
from sql.migrate import migrations
from stack.servers import append_only
from stack.servers.clickhouse_server import ClickHouseServer
from stack.servers.ports import free_port
from stack.servers.readers import DATABASE
from stack.servers.redis_server import RedisServer

MEGABYTE = 1 << 20
_MADE = re.compile(r"^create .*?\bif not exists (\w+)", re.MULTILINE)


@functools.cache
def _of_the_schema() -> frozenset[str]:
    """Return the names of what migrations make, and of their own record."""
    made = (name for one in migrations() for name in _MADE.findall(one.text))
    return frozenset({"schema_migrations", *made})


def clickhouse_client(url: str, database: str | None = None) -> Client:
    """Return a client for the address `url`; without sessions, so that threads may share it."""
    parts = urlsplit(url)
    return clickhouse_connect.get_client(
        host=parts.hostname,
        port=parts.port or 8123,
        username=parts.username,
        password=parts.password or "",
        database=parts.path.strip("/") if database is None else database,
        autogenerate_session_id=False,
    )


class TestRedis:
    """An own Redis: `url`, `pid`, `client()`, `restart()`, `kill()`, `start()`, `held()`, `copy_out()`, `go_back()`.

    It is the server of the wheel, or the one that `STREAKLINE_REDIS_SERVER` names.
    """

    __test__ = False

    def __init__(self, folder: Path, *, memory: int = 256 * MEGABYTE) -> None:
        """Start the server in `folder` and wait until it answers."""
        self.server = RedisServer(folder, port=free_port(), password=secrets.token_urlsafe(16), memory=memory)
        self.server.prepare()
        self.process = PartProcess(self.server.part(), folder / "redis.log")
        self.process.start()
        self._settings = self._settings_now()

    @property
    def url(self) -> str:
        """The value for `REDIS_URL`."""
        return self.server.url

    @property
    def pid(self) -> int:
        """The process id of the server itself."""
        return self.process.pid

    def client(self) -> redis.Redis:
        """Return a new client that answers bytes."""
        return redis.Redis.from_url(self.url, socket_timeout=60)

    def empty(self) -> None:
        """Drop every key; start the server again first when a test left it dead."""
        if not self.process.alive:
            self.process.start()
        with self.client() as client:
            client.flushall()

    def left_over(self) -> dict[str, str]:
        """Put every setting back that is not as at the start; return those, with the values they had."""
        if not self.process.alive:  # starts again with its own
            return {}
        changed = {name: at for name, at in self._settings_now().items() if at != self._settings[name]}
        if changed:
            self.restart()
        return changed

    def _settings_now(self) -> dict[str, str]:
        with self.client() as client:
            return {str(name): str(value) for name, value in client.config_get("*").items()}

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """Hold the server by SIGSTOP: it accepts connections and answers nothing."""
        os.kill(self.pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(self.pid, signal.SIGCONT)

    def kill(self) -> None:
        """Kill the server with SIGKILL."""
        self.process.kill()

    def start(self) -> None:
        """Start it again after `kill`."""
        self.process.start()

    def restart(self) -> None:
        """Stop cleanly and start again: same address, same entries."""
        self.process.restart()

    def copy_out(self, folder: Path) -> Path:
        """Copy the append-only file as it is now into `folder`; return the copy, for `go_back`."""
        copy = folder / "older"
        append_only.copy_out(self.server.folder, copy)
        return copy

    def go_back(self, copy: Path | None) -> None:
        """Kill the server and start it with an older file, or with none."""
        self.kill()
        if copy is None:
            append_only.remove(self.server.folder)
        else:
            append_only.put_back(copy, self.server.folder)
        self.start()


class TestClickHouse:
    """An own ClickHouse: `url`, `analyst_url`, `pid`, `client()`, `restart()`, `kill()`, `start()`."""

    __test__ = False

    def __init__(self, folder: Path, *, memory: int = 2048 * MEGABYTE) -> None:
        """Start the server in `folder`, wait until it answers and make the database."""
        self.server = ClickHouseServer(
            folder,
            port=free_port(),
            password=secrets.token_urlsafe(16),
            analyst_password=secrets.token_urlsafe(16),
            history_password=secrets.token_urlsafe(16),
            memory=memory,
        )
        self.server.prepare()
        self.process = PartProcess(self.server.part(), folder / "clickhouse.out")
        self._asked: tuple[int, Client] | None = None
        self.process.start()
        self.recreate_database()

    @property
    def url(self) -> str:
        """The value for `CLICKHOUSE_URL`."""
        return self.server.url

    @property
    def analyst_url(self) -> str:
        """The address of the read-only user."""
        return self.server.analyst_url

    @property
    def history_url(self) -> str:
        """The address of the web server's read-only user."""
        return self.server.history_url

    @property
    def pid(self) -> int:
        """The process id of the engine."""
        return self.process.pid

    def client(self) -> Client:
        """Return a new client of the user with all rights, in the database `streakline`."""
        return clickhouse_client(self.url)

    def analyst(self) -> Client:
        """Return a new client of the read-only user."""
        return clickhouse_client(self.analyst_url)

    def _asks(self) -> Client:
        """Return the client that is kept for what is asked around each test; started again is what a test left dead.

        To open one asks the server for all its settings, which costs more than all the rest.
        """
        if not self.process.alive:
            self.process.start()
        if self._asked is None or self._asked[0] != self.pid:
            self._asked = self.pid, clickhouse_client(self.url, database="default")
        return self._asked[1]

    def recreate_database(self) -> None:
        """Drop the database with everything in it and make it again, empty."""
        client = self._asks()
        client.command(f"drop database if exists {DATABASE} sync")
        client.command(f"create database {DATABASE}")

    def empty(self) -> None:
        """Truncate every table but the record of migrations; views and the schema stay."""
        client = self._asks()
        tables = client.query(
            "select name from system.tables where database = {database:String}"
            " and engine like '%MergeTree' and total_rows > 0 and name != 'schema_migrations'",
            parameters={"database": DATABASE},
        )
        for (name,) in tables.result_rows:
            client.command(f"truncate table {DATABASE}.`{name}` sync")

    def left_over(self) -> list[str]:
        """Drop every table that is not of the migrations; return their names."""
        client = self._asks()
        held = client.query(
            "select name from system.tables where database = {database:String} order by name",
            parameters={"database": DATABASE},
        )
        strangers = [str(name) for (name,) in held.result_rows if name not in _of_the_schema()]
        for name in strangers:
            client.command(f"drop table {DATABASE}.`{name}` sync")
        return strangers

    def kill(self) -> None:
        """Kill the server with SIGKILL."""
        self.process.kill()

    def start(self) -> None:
        """Start it again after `kill`."""
        self.process.start()

    def restart(self) -> None:
        """Stop cleanly and start again: same address, same rows."""
        self.process.restart()
