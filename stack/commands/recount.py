"""`streakline recount`: count closed history again from the raw events."""

import sys
import time
from datetime import UTC, datetime
from typing import Any

import click
import redis
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from stack.running import Reach
from streakline.streams import keys, progress
from streakline.streams.entries import pack_control
from streakline.times import enc, iso

LOOK_SECONDS = 0.2
_WHEN = click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"])


@click.command()
@click.option(
    "--from",
    "first",
    type=_WHEN,
    metavar="TIME",
    help="First moment, UTC: 2026-01-31 or 2026-01-31T12:15. Default: everything.",
)
@click.option(
    "--to",
    "last",
    type=_WHEN,
    metavar="TIME",
    help="Last moment, UTC; of a mere date the whole day. Default: everything closed.",
)
@click.option("--wait/--no-wait", default=True, show_default=True, help="Wait until it is done.")
@click.pass_obj
def command(reach: Reach, first: datetime | None, last: datetime | None, wait: bool) -> None:
    """Count closed quarter hours again from the raw events: their rows, days and lifetime.

    What is still open is counted anyway when it closes. The archive flow does the work, a day at a time
    beside what comes in.
    """
    begin, end = _ms(first), _ms(last)
    if last is not None and end is not None and (last.hour, last.minute, last.second) == (0, 0, 0):
        end += 86_400_000 - 1
    if begin is not None and end is not None and begin > end:
        raise click.UsageError(f"--from {iso(begin)} lies after --to {iso(end)}")
    try:
        _recount(
            redis.Redis.from_url(reach.redis_url(), socket_timeout=10, protocol=2), begin, end, wait=wait
        )
    except redis.RedisError as error:
        raise click.ClickException(f"redis does not answer: {error}") from error


def _recount(client: redis.Redis, begin: int | None, end: int | None, *, wait: bool) -> None:
    shards = int(client.get(keys.SHARDS) or 0)
    if not shards:
        raise click.ClickException("nothing was ever accepted here, so there is nothing to recount")
    control: Any = pack_control(kind="recount", **{"from": begin, "to": end})
    asked = {shard: enc(client.xadd(keys.events(shard), control)) for shard in range(shards)}
    if not wait:
        click.echo(f"asked of {shards} shards; the archive flow does it beside its other work")
        return
    started = time.monotonic()
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, disable=not sys.stderr.isatty(), transient=True) as bar:
        task = bar.add_task("")
        while waiting := [text for shard, at in asked.items() if (text := _waiting(client, shard, at))]:
            bar.update(task, description=f"{shards - len(waiting)} of {shards} shards done; {waiting[0]}")
            time.sleep(LOOK_SECONDS)
    click.echo(f"recounted {shards} shards in {time.monotonic() - started:.1f} s")


def _ms(at: datetime | None) -> int | None:
    return None if at is None else int(at.replace(tzinfo=UTC).timestamp() * 1000)


def _waiting(client: redis.Redis, shard: int, position: int) -> str:
    """Return how far a shard is, or "" if it has recounted what was asked at a position."""
    raw, mark = client.hmget(keys.progress(shard), [progress.ARCHIVE.field, progress.ARCHIVE_OWED])
    client.set(keys.wanted(shard), 1, ex=35)
    if raw is None or enc(raw) < position:
        return f"shard {shard} has yet to read it"
    if not mark or int(mark) > position:
        return ""
    fields: Any = client.hkeys(keys.marks(shard))
    ranges = [int(field.decode().partition("-")[0]) for field in fields if b"|" not in field]
    return f"shard {shard} is at {iso(min(ranges))[:10]}" if ranges else f"shard {shard} recounts"
