"""Run one flow process: `python -m flows.run {content,viewers,archive}`.

Each process owns some shards of the contents (`--shards 0,1`), or of viewers some parts of the persons (`--parts 0,1`),
one recovery folder named by them, and one worker. More cores or machines: more processes with others. SIGTERM stops the
source; Bytewax takes a last snapshot and the process leaves with 0.
"""

from __future__ import annotations

import argparse
import gc
import os
import signal
import sys
import threading
from datetime import timedelta
from pathlib import Path
from typing import Final

import structlog
from bytewax.dataflow import Dataflow
from bytewax.recovery import RecoveryConfig
from bytewax.testing import (
    run_main,  # the same as `bytewax.run` with one worker, and it takes parts of a second
)

from flows import content, viewers
from flows.process.faults import report
from flows.process.gauges import Gauges, Teller
from flows.process.recovery_folder import FolderTaken, NoRoom, lock, prepare
from flows.streams.connection import Line
from flows.streams.cursors import Cursor, WentBack
from flows.streams.reader import StreamReader, connect
from flows.streams.sink import RedisWrites, Stopped, retry
from streakline import zones
from streakline.health.faults import FOLDER_TORN, WENT_BACK
from streakline.settings import BadSetting, Settings
from streakline.streams import keys, progress
from streakline.streams.partitions import Partitions, decided, unit

log = structlog.get_logger()

FLOWS = ("content", "viewers", "archive")
GATHERS = {"content": 0.03, "viewers": 0.03, "archive": 0.25}
"""Seconds between two reads under load. A read costs content as much as a hundred events do, and each insert is a part
that ClickHouse has to merge: of a few hundred rows it costs more than they. What follows a silence is read at once."""

MOST_OF_ONE, MOST_OF_ALL = 10_000, 40_000
"""Events that a read asks for, about: of one stream, and of all, which are in memory at once."""
NOT_PREPARED_SECONDS: Final = 0.5
"""Between two looks for what is fixed at the first start."""


def main(arguments: list[str] | None = None) -> int:
    """Run a flow until it is told to stop; return the exit code."""
    zones.pin()
    parser = argparse.ArgumentParser(prog="python -m flows.run", description=__doc__)
    parser.add_argument("flow", choices=progress.FLOWS)
    parser.add_argument("--shards", help="shards of this process, with commas (default: all)")
    parser.add_argument("--parts", help="of viewers, the parts of the persons instead (default: all)")
    parser.add_argument("--recovery", help="recovery folder (default: DATA/flows/FLOW-NUMBERS)")
    options = parser.parse_args(arguments)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    try:
        settings = Settings.of(os.environ)
        partitions = _partitions(settings, stop)
        owned = _owned(options, partitions)
        folder = Path(options.recovery or Path(settings.data) / "flows" / _name(options.flow, owned))
        held = lock(folder)
    except Stopped:
        return 0
    except (BadSetting, FolderTaken, ValueError) as error:
        print(f"flows.run: {error}", file=sys.stderr)  # noqa: T201 - before any log is of use
        return 2
    try:
        return run(options.flow, owned, partitions, settings, folder, stop)
    finally:
        os.close(held)


def run(
    name: str,
    owned: list[int],
    partitions: Partitions,
    settings: Settings,
    folder: Path,
    stop: threading.Event,
) -> int:
    """Run a flow over the shards or parts that it owns, with its state in a folder; return the exit code."""
    try:
        resumed, torn = prepare(folder)
    except NoRoom as error:
        log.error("recovery_folder_without_room", flow=name, error=str(error))  # noqa: TRY400 - it says what to do
        return 1
    followed = cursors_of(name, owned)
    most = min(MOST_OF_ONE, MOST_OF_ALL // len(owned))
    reader = StreamReader(
        settings.redis_url, [*followed], followed=followed, most=most, gather=GATHERS[name], stop=stop
    )
    gauges = Gauges(name, ",".join(map(str, owned)))
    flow = _flow(name, owned, partitions, settings, reader, gauges)
    if torn:
        where = f"{name} {','.join(map(str, owned))}"
        report(connect(settings.redis_url, reader.cursors), reader.stop, FOLDER_TORN, where, torn)
    log.info("flow_started", flow=name, **{unit(name): owned}, resumed=resumed)
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
            where = f"{name} {','.join(map(str, owned))}"
            text = "what it had read is gone; it begins again from its snapshot and what redis knows"
            report(connect(settings.redis_url), reader.stop, WENT_BACK, where, text)
            log.warning(
                "flow_begins_again", flow=name, why="redis went back; it reads again what redis knows"
            )
            return 1
        raise
    log.info("flow_stopped", flow=name)
    return 0


def _flow(
    name: str,
    owned: list[int],
    partitions: Partitions,
    settings: Settings,
    reader: StreamReader,
    gauges: Gauges,
) -> Dataflow:
    client = connect(settings.redis_url, reader.cursors)
    sink = RedisWrites(Line(client), reader.stop, reader.cursors.wrote)
    if name == "content":
        shells = content.ContentShells(client, reader, partitions, settings.max_ids, gauges)
        return content.topology(reader, shells, sink)
    if name == "viewers":
        return viewers.topology(reader, viewers.ViewerShells(client, reader, partitions.parts, gauges), sink)
    from flows.archive import flow as archive  # noqa: PLC0415 - the only flow that needs ClickHouse's client

    return archive.flow(reader, settings, owned, gauges)


def cursors_of(name: str, owned: list[int]) -> dict[str, Cursor]:
    """Return by stream what a flow reads of some shards, or parts of the persons."""
    return {
        reader.stream(number): Cursor(number, reader) for number in owned for reader in progress.readers(name)
    }


def _partitions(settings: Settings, stop: threading.Event) -> Partitions:
    """Return the numbers of the installation; wait for them as long as nobody has made them.

    Raises:
        OtherPartitions: if the settings name others.
        Stopped: if the process is asked to stop meanwhile.
    """
    client, wanted, logged = connect(settings.redis_url), (settings.shards, settings.parts), False
    while True:
        held = retry("shards and parts", stop, lambda: [client.get(keys.SHARDS), client.get(keys.PARTS)])
        if held[0] is not None or None not in wanted:
            shards, parts = (None if number is None else int(number) for number in held)
            return decided((shards, parts), wanted)
        if not logged:
            log.warning("not_prepared", waits_for="python -m stack.prepare, which makes what is fixed")
            logged = True
        if stop.wait(NOT_PREPARED_SECONDS):
            msg = "stopped while nothing was prepared"
            raise Stopped(msg)


def _owned(options: argparse.Namespace, partitions: Partitions) -> list[int]:
    """Return the numbers of what a process owns.

    Raises:
        ValueError: naming the option, if one is not there.
    """
    everything = partitions.of(options.flow)
    if options.parts is not None and unit(options.flow) != "parts":
        msg = f"--parts {options.parts} is of viewers; {options.flow} owns shards: name them with --shards"
        raise ValueError(msg)
    # What persons are divided into were shards once.
    option, text = ("--shards", options.shards) if options.parts is None else ("--parts", options.parts)
    if not text:
        return list(everything)
    owned = sorted({int(number) for number in text.split(",")})
    if not all(number in everything for number in owned):
        msg = f"{option} {text} names one that is not within 0 and {everything.stop - 1}"
        raise ValueError(msg)
    return owned


def _name(flow: str, owned: list[int]) -> str:
    return f"{flow}-{'_'.join(map(str, owned))}"


def _caused_by(error: BaseException | None, kind: type[BaseException]) -> bool:
    while error is not None:
        if isinstance(error, kind):
            return True
        error = error.__cause__ or error.__context__
    return False


if __name__ == "__main__":
    sys.exit(main())
