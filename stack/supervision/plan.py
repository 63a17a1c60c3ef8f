"""The processes of one stack and the environment they share."""

import http.client
import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from stack.credentials import Credentials
from stack.data_folder import DataFolder
from stack.process import Part
from stack.servers.clickhouse_server import ClickHouseServer
from stack.servers.ports import LOOPBACK, free_port, reached
from stack.servers.redis_server import RedisServer
from streakline.streams.progress import FLOWS

# One worker a process: linear algebra threads and one heap per thread would cost memory and bring nothing.
_LEAN = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "2"}


def _at_once() -> bool:
    """Stand in for the question whether a part answers, where nobody waits for it."""
    return True


@dataclass(frozen=True)
class Readiness:
    """Why the web server is not ready; no reason: it is."""

    reasons: tuple[str, ...] = ()
    # Why ingest takes no events until somebody does something, if that is so.
    stopped: str | None = None


@dataclass(frozen=True)
class Plan:
    """All that `up` starts, in terms of one data folder."""

    folder: DataFolder
    credentials: Credentials
    # Where the web server listens; the inner servers keep to loopback.
    port: int
    redis: RedisServer
    clickhouse: ClickHouseServer
    host: str = LOOPBACK
    # None: as many as the installation has.
    shards: int | None = None
    parts: int | None = None
    # Whether the data is made up; the page says so.
    generated: bool = False
    # Web servers that share the public port; more of them use more cores.
    server_processes: int = 1

    @classmethod
    def of(
        cls,
        folder: DataFolder,
        *,
        port: int,
        clickhouse_port: int | None,
        shards: int | None = None,
        parts: int | None = None,
        generated: bool,
        host: str = LOOPBACK,
        secret: str = "",
    ) -> "Plan":
        """Return the plan for a data folder whose lock is held; inner ports are free ones.

        A `secret` takes the place of the folder's own for as long as the stack runs.
        """
        credentials = folder.credentials()
        credentials = replace(credentials, secret=secret or credentials.secret)
        inner = free_port()
        http_port = clickhouse_port
        while http_port is None or http_port == inner:
            http_port = free_port()
        return cls(
            folder=folder,
            credentials=credentials,
            port=port,
            host=host,
            redis=RedisServer(folder.redis, port=inner, password=credentials.redis),
            clickhouse=ClickHouseServer(
                folder.clickhouse,
                port=http_port,
                password=credentials.clickhouse,
                analyst_password=credentials.analyst,
                history_password=credentials.history,
            ),
            shards=shards,
            parts=parts,
            generated=generated,
        )

    @property
    def url(self) -> str:
        """The public address, as this machine reaches it."""
        host = reached(self.host)
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"

    def environment(self) -> Mapping[str, str]:
        """Return what every process of ours is told; see `streakline.settings.VARIABLES`."""
        return {
            **_LEAN,
            "REDIS_URL": self.redis.url,
            "CLICKHOUSE_URL": self.clickhouse.url,
            "CLICKHOUSE_ANALYST_URL": self.clickhouse.analyst_url,
            "CLICKHOUSE_HISTORY_URL": self.clickhouse.history_url,
            "STREAKLINE_DATA": str(self.folder.path),
            "STREAKLINE_HOST": self.host,
            "STREAKLINE_PORT": str(self.port),
            "STREAKLINE_SECRET": self.credentials.secret,
            "STREAKLINE_PLATFORM_KEYS": self.credentials.platforms,
            # Empty: what the installation has.
            "STREAKLINE_SHARDS": str(self.shards or ""),
            "STREAKLINE_PARTS": str(self.parts or ""),
            "STREAKLINE_GENERATED": "1" if self.generated else "0",
        }

    def servers(self) -> list[Part]:
        """Return Redis and ClickHouse, with their configuration written."""
        self.redis.prepare()
        self.clickhouse.prepare()
        return [self.redis.part(), self.clickhouse.part()]

    def prepare(self) -> Part:
        """Return the part that migrates and checks, and then ends."""
        return self._ours("prepare", "stack.prepare")

    def flows(self) -> list[Part]:
        """Return the dataflows, each owning all there is."""
        return [
            # A flow has no address; it logs this word when its source is about to be read.
            self._ours(flow, "flows.run", flow, says=b"flow_started")
            for flow in FLOWS
        ]

    def web_servers(self) -> list[Part]:
        """Return the web server, or several that share its port; whether it is ready is another question."""
        more = {"STREAKLINE_REUSE_PORT": "1"} if self.server_processes > 1 else {}
        names = ["server", *(f"server-{number}" for number in range(2, self.server_processes + 1))]
        return [self._ours(name, "server", answers=self.serves, more=more) for name in names]

    def demo(self, token: str) -> Part:
        """Return the generator of a made-up day, which posts to the web server like any client."""
        # In the environment: everybody may read the arguments of a process.
        return self._ours("demo", "stack.demo", more={"STREAKLINE_URL": self.url, "STREAKLINE_TOKEN": token})

    def serves(self) -> bool:
        """Tell whether the web server answers, be it ready or not."""
        return self._get("/health") is not None

    def readiness(self) -> Readiness:
        """Return what the web server says of itself now."""
        body = self._get("/ready")
        if body is None:
            return Readiness(reasons=("it does not answer",))
        return Readiness(tuple(body["reasons"]), body["stopped"])

    def _get(self, path: str) -> dict[str, Any] | None:
        """Return what the web server answers to a path as JSON; None if nothing."""
        connection = http.client.HTTPConnection(reached(self.host), self.port, timeout=2)
        try:
            connection.request("GET", path)
            body: dict[str, Any] = json.loads(connection.getresponse().read())
        except (OSError, http.client.HTTPException, ValueError):
            return None
        finally:
            connection.close()
        return body

    def _ours(
        self,
        name: str,
        module: str,
        *arguments: str,
        answers: Callable[[], bool] = _at_once,
        says: bytes = b"",
        more: Mapping[str, str] | None = None,
    ) -> Part:
        return Part(
            name=name,
            command=[sys.executable, "-m", module, *arguments],
            answers=answers,
            says=says,
            env={**self.environment(), **(more or {})},
            grace=10.0,
        )
