"""`python -m server` as a process, with settings and limits of its own."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

from real_servers import TestRedis
from stack.servers.ports import free_port
from wire import SECRET, eventually, play

ROOT = Path(__file__).parents[3]
# A shell sets the limits: code that runs between fork and exec of a process with threads may hang.
LIMITED = 'ulimit -Sn "$1" && ulimit -Hn "$2" && shift 2 && exec "$@"'


def start(
    redis_server: TestRedis, folder: Path, *, descriptors: tuple[int, int] | None = None, **changed: str
) -> subprocess.Popen[bytes]:
    """Start a server.

    Args:
        redis_server: where it writes.
        folder: its data folder.
        descriptors: the soft and the hard limit of its descriptors; None for those of this process.
        changed: environment variables.
    """
    environment = {
        "REDIS_URL": redis_server.url,
        "STREAKLINE_DATA": str(folder),
        "STREAKLINE_SECRET": SECRET,
        "PATH": os.environ["PATH"],
    }
    command = [sys.executable, "-m", "server"]
    if descriptors is not None:
        command = ["sh", "-c", LIMITED, "sh", *map(str, descriptors), *command]
    return subprocess.Popen(command, cwd=ROOT, env=environment | changed, stderr=subprocess.PIPE)


class ServerProcess:
    """A running server: `url`, `port`, `session`, and what is often asked of it."""

    def __init__(self, process: subprocess.Popen[bytes], port: int, session: aiohttp.ClientSession) -> None:
        """Take over a server that was started on a port."""
        self.process, self.port, self.session = process, port, session
        self.url = f"http://127.0.0.1:{port}"

    async def ready(self) -> dict[str, Any] | None:
        """Return what `/ready` says, None while the server does not answer or is not ready."""
        assert self.process.poll() is None, self.process.stderr and self.process.stderr.read()
        try:
            async with self.session.get(f"{self.url}/ready") as response:
                said: dict[str, Any] = await response.json()
                return said if response.status == 200 else None
        except (aiohttp.ClientConnectionError, TimeoutError):
            return None

    async def is_ready(self) -> bool:
        """Tell whether the server is ready."""
        return await self.ready() is not None

    async def post(self, number: int) -> int:
        """Post a play; return the status."""
        async with self.session.post(f"{self.url}/api/stats/events", json=[play(number)]) as response:
            return response.status

    async def metric(self, name: str) -> float:
        """Return the value of a metric without labels."""
        async with self.session.get(f"{self.url}/metrics") as response:
            text = await response.text()
        return float(text.partition(f"\n{name} ")[2].partition("\n")[0])


@asynccontextmanager
async def serving(
    redis_server: TestRedis, folder: Path, *, descriptors: tuple[int, int] | None = None, **changed: str
) -> AsyncIterator[ServerProcess]:
    """Run a server during the block, from when it is ready on. Each question is a connection of its own."""
    port = free_port()
    process = start(redis_server, folder, descriptors=descriptors, STREAKLINE_PORT=str(port), **changed)
    try:
        connector = aiohttp.TCPConnector(force_close=True)
        timeout = aiohttp.ClientTimeout(total=60)
        async with aiohttp.ClientSession(connector=connector, timeout=timeout) as session:
            server = ServerProcess(process, port, session)
            await eventually(server.is_ready)
            yield server
    finally:
        process.kill()
        await asyncio.to_thread(process.communicate)
