"""`python -m server` as a process: starts, serves, stops when told to, and says why it cannot start."""

import signal
import subprocess
from pathlib import Path

import aiohttp
import psutil
import pytest

from real_servers import TestRedis
from server_process import start
from stack.servers.ports import free_port
from streakline.streams import keys
from wire import eventually, play


@pytest.mark.parametrize("roles", ["ingest,live,api,jobs", "live"], ids=["all roles", "only live"])
async def test_a_server_serves_until_it_is_told_to_stop(
    redis_server: TestRedis, tmp_path: Path, roles: str
) -> None:
    port = free_port()
    process = start(redis_server, tmp_path, STREAKLINE_PORT=str(port), STREAKLINE_ROLES=roles)
    url = f"http://127.0.0.1:{port}"
    try:
        async with aiohttp.ClientSession() as session:

            async def ready() -> bool:
                assert process.poll() is None, process.stderr and process.stderr.read()
                try:
                    async with session.get(f"{url}/ready") as response:
                        return response.status == 200
                except aiohttp.ClientConnectionError:
                    return False

            await eventually(ready)
            if "ingest" in roles:
                async with session.post(f"{url}/api/stats/events", json=[play()]) as response:
                    assert response.status == 202
            async with session.ws_connect(f"{url}/api/live") as ws:
                process.send_signal(signal.SIGTERM)
                assert (await ws.receive(timeout=60)).data == 1001
        assert process.wait(60) == 0
    finally:
        process.kill()
        process.communicate()


def listens(process: subprocess.Popen[bytes], port: int) -> bool:
    assert process.poll() is None, process.stderr and process.stderr.read()
    return any(
        one.status == psutil.CONN_LISTEN and one.laddr.port == port
        for one in psutil.Process(process.pid).net_connections()
    )


async def test_two_processes_share_a_port_and_the_work(redis_server: TestRedis, tmp_path: Path) -> None:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    shared = {"STREAKLINE_PORT": str(port), "STREAKLINE_REUSE_PORT": "1", "STREAKLINE_ROLES": "ingest"}
    processes = [start(redis_server, tmp_path, **shared) for _ in range(2)]
    try:
        await eventually(lambda: all(listens(process, port) for process in processes))
        # A connection each: the kernel gives it to one of the two.
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(force_close=True)) as session:

            async def post(number: int) -> None:
                async with session.post(f"{url}/api/stats/events", json=[play(number)]) as response:
                    assert response.status == 202

            for number in range(40):
                await post(number)
            counts = set()
            for _ in range(40):
                async with session.get(f"{url}/metrics") as response:
                    text = await response.text()
                counts.add(float(text.partition("\nstreakline_events_accepted_total ")[2].split("\n")[0]))
            assert sum(counts) == 40 or counts == {20.0}
            processes[0].kill()
            processes[0].wait()
            for number in range(10):
                await post(number)
        with redis_server.client() as redis:
            entries = [fields for shard in range(4) for _, fields in redis.xrange(keys.events(shard))]
        assert sum(int(fields.get(b"n", 0)) for fields in entries) == 50
    finally:
        for process in processes:
            process.kill()
            process.communicate()


@pytest.mark.parametrize(
    ("changed", "code", "said"),
    [
        ({"STREAKLINE_PORT": "eighty"}, 2, b"STREAKLINE_PORT is 'eighty'"),
        ({"STREAKLINE_PARTS": "5"}, 1, b"this installation has 4 parts, fixed at its first start"),
        (
            {"STREAKLINE_SHARDS": "5"},
            1,
            b"has 4 shards, fixed at its first start, and STREAKLINE_SHARDS is 5: set it to 4",
        ),
    ],
)
def test_a_server_that_cannot_start_says_why(
    redis_server: TestRedis, tmp_path: Path, changed: dict[str, str], code: int, said: bytes
) -> None:
    with redis_server.client() as redis:
        redis.set(keys.SHARDS, 4)
    process = start(redis_server, tmp_path, **changed)
    _, told = process.communicate(timeout=60)
    assert process.returncode == code
    assert said in told
