"""The embedded servers: what they keep, what they refuse, and that they end with whoever started them."""

import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
import redis
from clickhouse_connect.driver.exceptions import DatabaseError

from real_servers import TestClickHouse, TestRedis
from sql.migrate import migrate
from stack.servers.readers import DATABASE


def test_redis_keeps_every_acknowledged_entry_over_a_kill(redis_server: TestRedis) -> None:
    with redis_server.client() as client:
        for number in range(100):
            client.xadd("acknowledged", {"n": number})
    redis_server.kill()
    redis_server.start()
    with redis_server.client() as client:
        assert client.xlen("acknowledged") == 100


def test_redis_is_configured_to_lose_nothing_and_evict_nothing(redis_server: TestRedis) -> None:
    with redis_server.client() as client:
        wanted = {"appendonly": "yes", "appendfsync": "always", "maxmemory-policy": "noeviction", "save": ""}
        assert {name: client.config_get(name)[name] for name in wanted} == wanted
        assert int(client.config_get("maxmemory")["maxmemory"]) > 0


def test_redis_asks_for_its_password(redis_server: TestRedis) -> None:
    stranger = redis.Redis(port=redis_server.server.port, retry=None)
    with pytest.raises(redis.AuthenticationError):
        stranger.ping()
    stranger.close()


def test_clickhouse_keeps_rows_over_a_kill(clickhouse_server: TestClickHouse) -> None:
    client = clickhouse_server.client()
    client.command("create or replace table kept (n UInt64) engine = MergeTree order by n")
    client.insert("kept", [[number] for number in range(100)], column_names=["n"])
    client.close()
    clickhouse_server.kill()
    clickhouse_server.start()
    client = clickhouse_server.client()
    assert client.query("select count() from kept").result_rows == [(100,)]
    client.command("drop table kept sync")
    client.close()


@pytest.mark.parametrize(
    "statement",
    [
        "insert into facts (subject) values ('content')",
        "drop table facts",
        "truncate table events",
        "create view mine as select 1",
        "select * from system.users",
        "select * from system.query_log",
        "select * from file('/etc/hostname', 'LineAsString')",
        "select * from url('http://127.0.0.1:1/', 'LineAsString')",
        "select 1 settings max_execution_time = 1000",
        "select 1 settings readonly = 0",
    ],
)
def test_an_analyst_may_read_and_do_nothing_else(clickhouse_server: TestClickHouse, statement: str) -> None:
    migrate(clickhouse_server.url)
    writer = clickhouse_server.client()
    writer.command("insert into facts values ('creator', 'kim', 'name', 'Kim', 1)")
    analyst = clickhouse_server.analyst()
    query = "select name from creators settings max_threads = 1"
    assert analyst.query(query).result_rows == [("Kim",)]
    with pytest.raises(DatabaseError):
        analyst.query(statement)
    assert writer.query("select value from facts").result_rows == [("Kim",)]
    analyst.close()
    writer.close()


def test_passwords_are_written_for_the_owner_alone(
    redis_server: TestRedis, clickhouse_server: TestClickHouse
) -> None:
    files = [
        redis_server.server.folder / "redis.conf",
        clickhouse_server.server.folder / "run" / "config.xml",
        clickhouse_server.server.folder / "run" / "users.xml",
    ]
    assert [stat.S_IMODE(file.stat().st_mode) for file in files] == [0o600] * 3
    assert DATABASE == "streakline"


_STARTS_BOTH_AND_WAITS = """
import sys, time
from pathlib import Path
from real_servers import TestClickHouse, TestRedis
folder = Path(sys.argv[1])
for name in ("redis", "clickhouse"):
    (folder / name).mkdir()
print(TestRedis(folder / "redis").pid, TestClickHouse(folder / "clickhouse").pid, flush=True)
time.sleep(600)
"""


def test_nothing_outlives_its_parent(tmp_path: Path) -> None:
    path = os.pathsep.join(filter(None, sys.path))  # pytest's own, with the folders of tests/support
    with subprocess.Popen(
        [sys.executable, "-c", _STARTS_BOTH_AND_WAITS, str(tmp_path)],
        env={**os.environ, "PYTHONPATH": path},
        stdout=subprocess.PIPE,
    ) as parent:
        assert parent.stdout is not None
        children = [psutil.Process(int(pid)) for pid in parent.stdout.readline().split()]
        assert [child.is_running() for child in children] == [True, True]
        parent.send_signal(signal.SIGKILL)
    _, alive = psutil.wait_procs(children, timeout=60)
    assert alive == []
