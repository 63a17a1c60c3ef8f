"""Run one flow process: `python -m flows.run {content,viewers,archive} --shards 0,1,2,3`.

Each process owns some shards, one recovery folder named by them, and one worker. More cores or machines: more
processes with other shards. SIGTERM stops the source; Bytewax takes a last snapshot and the process leaves with 0.
"""

from __future__ import annotations

import argparse
import gc
import os
import signal
import sys
from datetime import timedelta
from pathlib import Path

import redis
import structlog
from bytewax.dataflow import Dataflow
from bytewax.recovery import RecoveryConfig
from bytewax.testing import (
    run_main,  # the same as `bytewax.run` with one worker, and it takes parts of a second
)

from flows import content, viewers
from flows.process.faults import note
from flows.process.gauges import Gauges, Teller
from flows.process.recovery import FolderTaken, NoRoom, lock, prepare
from flows.streams.connection import Line
from flows.streams.cursors import Cursor, WentBack
from flows.streams.reader import StreamReader, connect
from flows.streams.sink import RedisWrites, Stopped, retry
from streakline import zones
from streakline.health.faults import FOLDER_TORN, WENT_BACK
from streakline.settings import BadSetting, Settings
from streakline.streams import keys, progress

log = structlog.get_logger()

FLOWS = ("content", "viewers", "archive")
GATHERS = {"content": 0.03, "viewers": 0.03, "archive": 0.25}
"""Seconds between two reads under load. A read costs content as much as a hundred events do, and each insert is a part
that ClickHouse has to merge: of a few hundred rows it costs more than they. What follows a silence is read at once."""


def main(arguments: list[str] | None = None) -> int:
    """Run a flow until it is told to stop; return the exit code."""
    zones.pin()
    parser = argparse.ArgumentParser(prog="python -m flows.run", description=__doc__)
    parser.add_argument("flow", choices=progress.FLOWS)
    parser.add_argument("--shards", default="", help="shards of this process, with commas (default: all)")
    parser.add_argument("--recovery", help="recovery folder (default: DATA/flows/FLOW-SHARDS)")
    options = parser.parse_args(arguments)
    try:
        settings = Settings.of(os.environ)
        shards = _shards(options.shards, settings.shards)
        name = f"{options.flow}-{'_'.join(map(str, shards))}"
        folder = Path(options.recovery or Path(settings.data) / "flows" / name)
        held = lock(folder)
    except (BadSetting, FolderTaken, ValueError) as error:
        print(f"flows.run: {error}", file=sys.stderr)  # noqa: T201 - before any log is of use
        return 2
    try:
        return run(options.flow, shards, settings, folder)
    except BadSetting as error:
        print(f"flows.run: {error}", file=sys.stderr)  # noqa: T201 - whoever started it looks here first
        return 2
    finally:
        os.close(held)


def run(name: str, shards: list[int], settings: Settings, folder: Path) -> int:
    """Run a flow over its shards with its state in a folder; return the exit code."""
    try:
        resumed, torn = prepare(folder)
    except NoRoom as error:
        log.error("recovery_folder_without_room", flow=name, error=str(error))  # noqa: TRY400 - it says what to do
        return 1
    followed = cursors_of(name, shards)
    reader = StreamReader(settings.redis_url, [*followed], followed=followed, gather=GATHERS[name])
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: reader.stop.set())
    gauges = Gauges(name, ",".join(map(str, shards)))
    flow = _flow(name, shards, settings, reader, gauges)
    if torn:
        where = f"{name} {','.join(map(str, shards))}"
        note(connect(settings.redis_url, reader.cursors), reader.stop, FOLDER_TORN, where, torn)
    log.info("flow_started", flow=name, shards=shards, resumed=resumed)
    # Batches make no cycles; collections of the young generations alone would cost several per cent.
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
    try:
        with Teller(gauges, connect(settings.redis_url)):
            run_main(  # type: ignore[no-untyped-call]
                flow,
                epoch_interval=timedelta(seconds=settings.epoch_seconds),
                recovery_config=RecoveryConfig(folder, timedelta(0)),  # type: ignore[no-untyped-call]
            )
    except Exception as error:
        if reader.stop.is_set() and _caused_by(error, Stopped):
            log.info("flow_stopped", flow=name, note="a server was away; goes on from the last snapshot")
            return 0
        if _caused_by(error, WentBack):
            # Its snapshot may be of before: then the next start finds nothing to tell.
            where = f"{name} {','.join(map(str, shards))}"
            text = "what it had read is gone; it begins again from its snapshot and what redis knows"
            note(connect(settings.redis_url), reader.stop, WENT_BACK, where, text)
            log.warning(
                "flow_begins_again", flow=name, why="redis went back; it reads again what redis knows"
            )
            return 1
        raise
    log.info("flow_stopped", flow=name)
    return 0


def _flow(name: str, shards: list[int], settings: Settings, reader: StreamReader, gauges: Gauges) -> Dataflow:
    client = connect(settings.redis_url, reader.cursors)
    sink = RedisWrites(Line(client), reader.stop, reader.cursors.wrote)
    _check_shards(client, reader, settings)
    if name == "content":
        shells = content.ContentShells(client, reader, settings.shards, settings.max_ids, gauges)
        return content.topology(reader, shells, sink)
    if name == "viewers":
        return viewers.topology(reader, viewers.ViewerShells(client, reader, gauges), sink)
    from flows.archive import flow as archive  # noqa: PLC0415 - the only flow that needs ClickHouse's client

    return archive.flow(reader, settings, shards, gauges)


def cursors_of(name: str, shards: list[int]) -> dict[str, Cursor]:
    """Return by stream what a flow reads of some shards."""
    return {
        reader.stream(shard): Cursor(shard, reader) for shard in shards for reader in progress.readers(name)
    }


def _check_shards(client: redis.Redis, reader: StreamReader, settings: Settings) -> None:
    held = retry("number of shards", reader.stop, lambda: client.get(keys.SHARDS))
    if held is not None and int(held) != settings.shards:
        msg = f"STREAKLINE_SHARDS is {settings.shards}, but this installation has {int(held)}, fixed at first start"
        raise BadSetting(msg)


def _shards(text: str, number: int) -> list[int]:
    if not text:
        return list(range(number))
    shards = sorted({int(part) for part in text.split(",")})
    if not all(0 <= shard < number for shard in shards):
        msg = f"--shards {text} names a shard that is not within 0 and {number - 1}"
        raise ValueError(msg)
    return shards


def _caused_by(error: BaseException | None, kind: type[BaseException]) -> bool:
    while error is not None:
        if isinstance(error, kind):
            return True
        error = error.__cause__ or error.__context__
    return False


if __name__ == "__main__":
    sys.exit(main())
