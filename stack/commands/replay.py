"""`streakline replay`: a recorded stream as if it happened now."""

import asyncio
import time
from contextlib import closing
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from stack.imports.files import FILE, Source, lines_of
from stack.imports.replaying import Recording, Replay, recorded
from stack.running import Reach
from streakline_client import Client, StreaklineError
from streakline_client.imports.rows import BadFile

TICK = 0.2
"""Seconds between two posts."""


@click.command()
@click.argument("file", metavar="FILE", type=FILE)
@click.option(
    "--speed",
    type=click.FloatRange(min=0.01, max=100_000),
    default=60,
    show_default=True,
    help="So many recorded seconds in one.",
)
@click.pass_obj
def command(reach: Reach, file: Path, speed: float) -> None:
    """Replay a recorded stream as if it happened now.

    Reads events as the wire has them (a JSON list or one a line) and Wikipedia's edit stream (page, user,
    channel, time: each edit is a play of its page by its editor). The first event is put to now and the
    others after it, --speed times as fast. Each replay counts anew. FILE may be packed with
    gzip, a pipe, or `-` for standard input. The recording's countries and robots are taken only with an admin
    token. Ctrl-C stops it.
    """
    try:
        with Source(file) as source, closing(lines_of(source.open())) as lines:
            recording = Recording.of(recorded(lines))
    except BadFile as error:
        raise click.BadParameter(f"{file}: {error}", param_hint="FILE") from error
    if not recording.events:
        raise click.BadParameter(f"{file} holds no events", param_hint="FILE")
    url, token = reach.server()
    replay = Replay(recording, start=time.time_ns() // 1_000_000, speed=speed)
    stopped = False
    try:
        asyncio.run(_play(url, token, replay))
    except KeyboardInterrupt:
        stopped = True
    except StreaklineError as error:
        raise click.ClickException(f"{error}; {replay.summary()}") from error
    click.echo(("stopped: " if stopped else "") + replay.summary())
    for row, error_text in [*recording.unreadable, *replay.rejected][:5]:
        click.echo(f"  row {row}: {error_text}", err=True)
    if recording.unreadable or replay.rejected:
        raise SystemExit(1)


async def _play(url: str, token: str, replay: Replay) -> None:
    columns = (
        TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[said]}"),
        TimeRemainingColumn(),
    )  # fmt: skip
    console = Console(stderr=True)
    async with Client(url, token or None) as client:
        with Progress(*columns, console=console, transient=True) as progress:
            task = progress.add_task("replaying", total=replay.total, said="")
            while not replay.done:
                now = time.time_ns() // 1_000_000
                rows, events = replay.due(now)
                if events:
                    replay.take(rows, await client.post(events))
                progress.update(task, completed=replay.at - replay.first, said=replay.line(now))
                await asyncio.sleep(TICK)
