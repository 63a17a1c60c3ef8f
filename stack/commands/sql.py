"""`streakline sql`: one read-only query."""

import sys

import click
from clickhouse_connect.driver.exceptions import ClickHouseError

from sql.connection import connect
from stack.running import Reach

FORMATS = {"table": "PrettyCompactMonoBlock", "tsv": "TSVWithNames", "csv": "CSVWithNames", "json": "JSON",
           "jsonl": "JSONEachRow", "vertical": "Vertical", "markdown": "Markdown"}  # fmt: skip


@click.command()
@click.argument("query")
@click.option(
    "--format",
    "name",
    type=click.Choice(list(FORMATS), case_sensitive=False),
    default="table",
    show_default=True,
)
@click.pass_obj
def command(reach: Reach, query: str, name: str) -> None:
    """Run one QUERY as the analyst: read-only, with limits on time, memory and rows. `-` reads it from stdin.

    \b
    streakline sql "show tables"
    streakline sql "select * from daily_stats order by date desc limit 7"
    streakline sql "select date, sum(totalPlays) from zone_daily_stats where date >= '2026-01-01'
        group by date order by date settings session_timezone = 'Asia/Kolkata'" --format tsv
    """  # noqa: D301 - click's mark for text that is not rewrapped
    text = sys.stdin.read() if query == "-" else query
    with connect(reach.analyst_url(), seconds=120) as client:
        try:
            # Bytes as ClickHouse renders them: this is for people and for pipes, not for our types.
            answer = client.raw_query(text, settings={"wait_end_of_query": 1}, fmt=FORMATS[name.lower()])
        except ClickHouseError as error:
            raise click.ClickException(str(error)) from error
    sys.stdout.buffer.write(answer)
    sys.stdout.flush()
