"""`streakline export`: events of any range into a file, which is whole or is not there."""

import asyncio
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeElapsedColumn

from stack.running import Reach
from streakline_client import Client, Patience, StreaklineError
from streakline_client.exports import FORMATS, Exported

PATIENCE = Patience(total=60)
"""A server that is full or restarting is asked again for so many seconds."""


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, writable=True))
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMATS, case_sensitive=False),
    help="[default: by the ending of FILE, else csv]",
)
@click.option(
    "--from", "start", metavar="TIME", help="A day (2026-01-31) or a moment; default: the first event."
)
@click.option(
    "--to", "end", metavar="TIME", help="A day, which is in it, or a moment, which is not; default: now."
)
@click.option("--tz", metavar="ZONE", help="The zone of these days; default: UTC.")
@click.option("--content", metavar="ID", help="Only events of this content.")
@click.pass_obj
def command(
    reach: Reach,
    file: Path,
    form: str | None,
    start: str | None,
    end: str | None,
    tz: str | None,
    content: str | None,
) -> None:
    """Write every event of a range into FILE: robots too, in the columns of `event_log`, in no order.

    \b
    streakline export events.parquet
    streakline export january.csv --from 2026-01-01 --to 2026-01-31 --tz Europe/London

    FILE gets its name when the export is whole. One that breaks off leaves nothing, or FILE as it was, and ends
    with exit code 1. Needs a token of the scope read:admin.
    """  # noqa: D301 - click's mark for text that is not rewrapped
    ending = file.suffix.lower().removeprefix(".")
    shape = (form or (ending if ending in FORMATS else "csv")).lower()
    if end is not None and start is None:
        start = "1970-01-01"
    url, token = reach.server()
    try:
        exported = asyncio.run(_export(url, token, file, shape, from_=start, to=end, tz=tz, content=content))
    except StreaklineError as error:
        raise click.ClickException(str(error)) from error
    rows = "" if exported.rows is None else f"{exported.rows:,} rows, "
    click.echo(f"{file}: {rows}{exported.size:,} bytes, whole")


async def _export(url: str, token: str, file: Path, form: str, **params: str | None) -> Exported:
    columns = (
        TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[rows]}"), DownloadColumn(),
        TimeElapsedColumn(),
    )  # fmt: skip
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("exporting", total=None, rows="")

        def show(size: int, rows: int, promised: int | None) -> None:
            said = f"{rows:,} of {promised or 0:,} rows" if rows else f"of {promised or 0:,} rows"
            progress.update(task, completed=size, rows=said)

        async with Client(url, token or None, patience=PATIENCE) as client:
            return await client.export(file, form, progress=show, **params)
