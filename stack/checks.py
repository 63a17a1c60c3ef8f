"""What `doctor` looks at, each check a value with a sentence of advice where something is wrong."""

import importlib.metadata
import platform
import resource
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus
from pathlib import Path
from typing import Any

import psutil
import redis
import urllib3
from clickhouse_connect.driver.exceptions import ClickHouseError

from server.page import BUILT
from sql.connection import connect
from sql.migrate import migrations, pending
from sql.zones import editions
from stack.running import DEFAULT_URL, NotRunning, Reach
from stack.servers.clickhouse_process import find_engine
from stack.servers.ports import is_free
from stack.servers.redis_program import PACKAGE, BinaryMissing, find_binary, version_of
from stack.servers.redis_version import TooOld, Version, not_older
from streakline import zones
from streakline.health.lag import NAME as FLOW_SILENT

GIGABYTE = 1 << 30
SUPPORTED = ((3, 11), (3, 12))
LEAST_DISK_MB = 512  # below this ingest answers 503
LEAST_CLICKHOUSE = (24, 10)
FEW_DESCRIPTORS = 4096
LAG_WORTH_A_WORD = 10_000  # ms; a flow that works is behind by a second or two


class State(StrEnum):
    """How a check went; only `FAIL` makes the command fail."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True)
class Check:
    """One line of the report."""

    name: str
    state: State
    detail: str
    # What to do about it; empty where nothing is to be done.
    advice: str = ""


def machine(folder: Path) -> Iterator[Check]:
    """Check interpreter, packages, memory and disk."""
    version = platform.python_version()
    good = sys.version_info[:2] in SUPPORTED
    yield Check(
        "python", State.OK if good else State.FAIL, version, "" if good else "make install PYTHON=python3.11"
    )
    names = ("bytewax", "chdb-core", PACKAGE, "aiohttp")
    try:
        found = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in names)
        server = version_of(find_binary())
        find_engine()
        yield Check("packages", State.OK, f"{found}; the embedded server is {server}")
    except (importlib.metadata.PackageNotFoundError, BinaryMissing, TooOld, ImportError) as error:
        yield Check("packages", State.FAIL, str(error), "make install")
    built = (BUILT / "index.html").exists()
    yield Check(
        "page",
        State.OK if built else State.WARN,
        "built" if built else "not built",
        "" if built else "make page",
    )
    memory = psutil.virtual_memory()
    enough = memory.available > GIGABYTE
    yield Check(
        "memory",
        State.OK if enough else State.WARN,
        f"{memory.available / GIGABYTE:.1f} of {memory.total / GIGABYTE:.1f} GB available",
        "" if enough else "an idle stack takes about 0.8 GB: close something else",
    )
    yield descriptors(resource.getrlimit(resource.RLIMIT_NOFILE)[1])
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free >> 20
    yield Check(
        "disk",
        State.OK if free > 4 * LEAST_DISK_MB else State.WARN if free > LEAST_DISK_MB else State.FAIL,
        f"{free / 1024:.1f} GB free at {folder}",
        "" if free > 4 * LEAST_DISK_MB else f"below {LEAST_DISK_MB} MB events are refused: make room",
    )


def descriptors(hard: int) -> Check:
    """Check how many descriptors a server that is started here may have, given the hard limit."""
    boundless = hard == resource.RLIM_INFINITY
    enough = boundless or hard >= FEW_DESCRIPTORS
    return Check(
        "descriptors",
        State.OK if enough else State.WARN,
        "no hard limit" if boundless else f"up to {hard} a process",
        ""
        if enough
        else "few live connections fit: raise the hard limit (ulimit -Hn, LimitNOFILE=, ulimits:)",
    )


def descriptors_of_server(seen: dict[str, int]) -> Check:
    """Check how many descriptors a running server has left for live connections."""
    taken, limit, kept = seen["taken"], seen["limit"], seen["kept"]
    detail = f"{taken} of {limit} taken, the last {kept} kept for senders"
    if taken < 0.8 * (limit - kept):
        return Check("connections", State.OK, detail)
    return Check(
        "connections",
        State.WARN,
        detail,
        "live connections are refused when none is left: raise the hard limit, or start more server processes",
    )


def _away(name: str, error: Exception) -> Check:
    return Check(
        name, State.FAIL, f"does not answer: {error}".splitlines()[0], f"see logs/{name}.log of the stack"
    )


def redis_server(url: str) -> Check:
    """Check that Redis answers, keeps what it acknowledges, and has memory left."""
    try:
        # In the old protocol: the client's own greeting is one that a server too old would not understand.
        with redis.Redis.from_url(url, socket_timeout=3, decode_responses=True, protocol=2) as client:
            info: dict[str, Any] = client.info()
            not_older(version := Version.from_info(info), "REDIS_URL")
            kept = client.config_get("appendfsync").get("appendfsync")
            policy = client.config_get("maxmemory-policy").get("maxmemory-policy")
    except TooOld as error:
        return Check("redis", State.FAIL, str(error), "docs/operations.md says which will do")
    except redis.RedisError as error:
        return _away("redis", error)
    used, limit = int(info["used_memory"]), int(info["maxmemory"])
    detail = f"{version}, {used >> 20} of {limit >> 20 if limit else '∞'} MB, appendfsync {kept}"
    if not info.get("aof_enabled") or policy != "noeviction":
        return Check("redis", State.FAIL, detail, "set appendonly yes and maxmemory-policy noeviction")
    if limit and used > 0.8 * limit:
        return Check(
            "redis", State.FAIL, detail, "events are refused above 80 %: raise maxmemory or see the lag below"
        )
    if kept != "always":
        return Check("redis", State.WARN, detail, "a crash may lose acknowledged events: appendfsync always")
    return Check("redis", State.OK, detail)


def clickhouse_server(url: str) -> Check:
    """Check that ClickHouse answers, is new enough, and has the schema of this code."""
    try:
        with connect(url, seconds=5) as client:
            version = str(client.server_version)
            waiting = pending(client, migrations())
    except (ClickHouseError, OSError, ValueError) as error:
        return _away("clickhouse", error)
    if tuple(int(part) for part in version.split(".")[:2]) < LEAST_CLICKHOUSE:
        return Check("clickhouse", State.FAIL, version, "24.10 is the oldest that has what the schema needs")
    if waiting:
        return Check(
            "clickhouse", State.FAIL, f"{version}, {len(waiting)} migrations wait", "streakline migrate"
        )
    return Check("clickhouse", State.OK, f"{version}, schema is up to date")


def time_zones(url: str) -> Check:
    """Check that the engine's time-zone data are of the wheel's edition, and name the zones that differ."""
    try:
        with connect(url, seconds=5) as client:
            found = editions(client)
    except (ClickHouseError, OSError, ValueError) as error:
        return _away("time zones", error)
    if found.differing == ():
        return Check("time zones", State.OK, zones.described(found))
    return Check(
        "time zones",
        State.WARN,
        zones.described(found),
        "the wheel decides what is counted, the engine only the days of these zones in SQL by zone",
    )


def web_server(url: str, token: str) -> Iterator[Check]:
    """Check that the server is ready, and how far the readers of each stream are behind."""
    pool = urllib3.PoolManager(timeout=5, retries=False)
    try:
        ready = pool.request("GET", f"{url}/ready")
        system = pool.request("GET", f"{url}/api/v1/system", headers={"Authorization": f"Bearer {token}"})
    except urllib3.exceptions.HTTPError as error:
        yield _away("server", error)
        return
    answer = _body(ready)
    if ready.status == HTTPStatus.OK and answer.get("ready"):
        yield Check("server", State.OK, f"ready at {url}")
    else:
        reasons = "; ".join(answer.get("reasons", [])) or f"{url}/ready answers {ready.status}"
        yield Check("server", State.FAIL, f"not ready: {reasons}", "see its log, logs/server.log of a stack")
    yield from map(_warning, answer.get("warnings", []))
    if system.status != HTTPStatus.OK:
        yield _not_shown(system)
        return
    seen = system.json()
    if "descriptors" in seen:  # an older server says nothing of them
        yield descriptors_of_server(seen["descriptors"])
    yield from _readers(seen)


def _body(answer: urllib3.BaseHTTPResponse) -> dict[str, Any]:
    """Return the object that an answer holds, empty for one that is none of ours: a proxy's page."""
    try:
        body = answer.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _warning(text: str) -> Check:
    """Return what a warning of the server is: a flow that does not work is no small thing."""
    name, _, rest = text.partition(" ")
    name = name.rstrip(":")
    state = State.FAIL if name == FLOW_SILENT else State.WARN
    return Check(name, state, rest, f"see {name} under Faults in docs/operations.md")


def _not_shown(system: urllib3.BaseHTTPResponse) -> Check:
    """Return why a server does not tell how far the readers are."""
    if system.status == HTTPStatus.NOT_FOUND:
        shown = "not shown: this server has no role api; a flow that does nothing it would have told of above"
        return Check("lag", State.WARN, shown, "name a server that has it with --url")
    reason = f", {detail}" if (detail := _body(system).get("detail")) else ""
    advice = "name a token of scope read:admin with --token"
    return Check("lag", State.WARN, f"not shown: {system.status}{reason}", advice)


def _readers(system: dict[str, Any]) -> Iterator[Check]:
    worst: dict[str, int | None] = {}
    for shard in system["shards"]:
        for name, reader in shard["readers"].items():
            lag = reader["lagMs"]
            known = worst.get(name, 0)
            worst[name] = None if lag is None or known is None else max(known, lag)
    for name, lag in worst.items():
        if lag is None:
            yield Check(
                f"lag {name}",
                State.WARN,
                "has not reported on every shard",
                "its flow is starting, or does not run: see its log",
            )
        else:
            late = lag > LAG_WORTH_A_WORD
            yield Check(
                f"lag {name}",
                State.WARN if late else State.OK,
                f"{lag / 1000:.1f} s, for so long an entry waits",
                "it catches up if its flow runs: does it shrink? if not, see the log of the flow"
                if late
                else "",
            )
    dead = int(system["dead"]["count"])
    yield Check(
        "dead letters",
        State.WARN if dead else State.OK,
        str(dead),
        "GET /api/v1/system shows the newest with their reasons" if dead else "",
    )


def all_checks(reach: Reach, folder: Path) -> Iterator[Check]:
    """Run every check that makes sense: the machine's always, the servers' where there are some."""
    yield from machine(folder)
    try:
        redis_url, clickhouse_url = reach.redis_url(), reach.clickhouse_url()
    except NotRunning:
        if reach.url:
            yield from web_server(*reach.server())
            return
        free = is_free(int(DEFAULT_URL.rpartition(":")[2]))
        yield Check("stack", State.OK, f"none runs on {folder}", "streakline up")
        yield Check("port", State.OK if free else State.WARN, "8080 is free" if free else "8080 is taken")
        return
    yield redis_server(redis_url)
    yield clickhouse_server(clickhouse_url)
    yield time_zones(clickhouse_url)
    yield from web_server(*reach.server())
