"""`streakline sql`: one read-only query."""

import sys

import click
from clickhouse_connect.driver.exceptions import ClickHouseError

from sql.connection import connect
from stack.running import Reach

FORMATS = {"table": "PrettyCompactMonoBlock", "tsv": "TSVWithNames", "csv": "CSVWithNames", "json": "JSON",
           "jsonl": "JSONEachRow", "vertical": "Vertical", "markdown": "Markdown"}  # fmt: skip

LONGEST = 16 << 20
"""Bytes of a query: lists of ids are pasted into them."""


@click.command()
@click.argument("query")
@click.option(
    "--format",
    "name",
    type=click.Choice(list(FORMATS), case_sensitive=False),
    help="[default: table on a terminal, tsv with a header into a pipe or file]",
)
@click.pass_obj
def command(reach: Reach, query: str, name: str | None) -> None:
    """Run one QUERY as the analyst: read-only, with limits on time, memory and rows. `-` reads it from stdin.

    \b
    streakline sql "show tables"
    streakline sql "select * from daily_stats order by date desc limit 7"
    streakline sql "select date, sum(totalPlays) from zone_daily_stats where date >= '2026-01-01'
        group by date order by date settings session_timezone = 'Asia/Kolkata'" --format tsv

    A FORMAT in the query itself goes before --format.
    """  # noqa: D301 - click's mark for text that is not rewrapped
    text = _read() if query == "-" else query
    if not text.strip().rstrip(";").strip():
        raise click.BadParameter('it is empty; try "show tables"', param_hint="QUERY")
    try:
        size = len(text.encode())
    except UnicodeEncodeError as error:  # bytes of the command line that were none
        raise click.BadParameter(f"no UTF-8 text: {error.reason}", param_hint="QUERY") from error
    if size > LONGEST:
        raise click.BadParameter(f"{size:,} bytes; a query has at most {LONGEST:,}", param_hint="QUERY")
    shown = FORMATS[(name or ("table" if sys.stdout.isatty() else "tsv")).lower()]
    with connect(reach.analyst_url(), seconds=120, as_form=False) as client:
        try:
            # Bytes as ClickHouse renders them: this is for people and for pipes, not for our types. The format
            # is a default: put behind the query it would be the second of one that names its own.
            answer = client.raw_query(
                text,
                settings={"wait_end_of_query": 1, "max_query_size": LONGEST + 1, "default_format": shown},
            )
        except ClickHouseError as error:
            raise click.ClickException(str(error)) from error
    sys.stdout.buffer.write(answer)


def _read() -> str:
    data = sys.stdin.buffer.read(LONGEST + 1)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise click.BadParameter(
            f"no UTF-8 text: {error.reason} at byte {error.start}", param_hint="stdin"
        ) from error
