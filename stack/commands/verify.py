"""`streakline verify`: count history again and compare."""

import os
import sys

import click
import redis
from clickhouse_connect.driver.exceptions import ClickHouseError
from rich.console import Console
from rich.table import Table

from sql.connection import connect
from stack.running import Reach
from stack.verify.comparison import SKETCH_ERROR, Check
from stack.verify.verifier import NotApplied, Verifier
from streakline.settings import Settings
from streakline.streams import keys
from streakline.streams.partitions import DEFAULT

WITH_UNIQUES = ("quarter hours", "days", "site")


@click.command()
@click.option(
    "--wait",
    default=60.0,
    show_default=True,
    metavar="SECONDS",
    help="How long what was accepted may take to be applied.",
)
@click.pass_obj
def command(reach: Reach, wait: float) -> None:
    """Count history again from the raw events and compare every number.

    What was accepted until now is waited for first. Then the raw events are counted by plain SQL (grouped
    by identity, exact uniques) and compared: quarter hours, days, their sums over the site, drop-off, what
    persons played, lifetime, what a search reads; and, if nothing comes in meanwhile, the open quarter hours
    and the live minutes too. Exit code 1 if a number differs; the keys are named.
    """
    console = Console()
    client = redis.Redis.from_url(reach.redis_url(), socket_timeout=10, protocol=2)
    shards = int(client.get(keys.SHARDS) or Settings.of(os.environ).shards or DEFAULT.shards)
    with connect(reach.clickhouse_url(), seconds=600) as clickhouse:
        verifier = Verifier(client, clickhouse, shards)
        position = verifier.fixed()
        try:
            with console.status("waiting until what was accepted is applied"):
                verifier.wait(position, wait)
            with console.status("comparing"):
                checks = list(verifier.checks(position, wait))
        except (NotApplied, redis.RedisError, ClickHouseError) as error:
            raise click.ClickException(str(error)) from error
    show(console, checks)
    sys.exit(1 if any(check.differing for check in checks) else 0)


def show(console: Console, checks: list[Check]) -> None:
    """Print a table of the comparisons and the keys that differ."""
    table = Table(title="verify: raw events against everything counted from them", title_justify="left")
    for heading in ("comparison", "shards", "keys", "differ", "largest error of uniques"):
        table.add_column(heading, justify="left" if heading == "comparison" else "right")
    for name in dict.fromkeys(check.name for check in checks):
        same = [check for check in checks if check.name == name]
        compared, differ = sum(c.compared for c in same), sum(c.differing for c in same)
        error = f"{max(c.error for c in same):.2%}" if name in WITH_UNIQUES else ""
        shards = sum(check.shard is not None for check in same)
        table.add_row(name, str(shards or ""), f"{compared:,}", f"{differ:,}", error)
    console.print(table)
    names = {check.name for check in checks}
    if "open buckets" not in names:
        console.print("Events came in meanwhile: open quarter hours and live minutes were not compared.")
    for check in checks:
        for key in check.named:
            console.print(f"  differs: {_where(check)}, {key}", markup=False, highlight=False)
        if check.differing > len(check.named):
            console.print(f"  ... and {check.differing - len(check.named):,} more of {_where(check)}")
    differing = sum(check.differing for check in checks)
    compared = sum(check.compared for check in checks)
    verdict = (
        f"{differing:,} of {compared:,} keys differ" if differing else f"0 differences in {compared:,} keys"
    )
    console.print(f"{verdict} (uniques may be off by {SKETCH_ERROR:.0%}).")


def _where(check: Check) -> str:
    return check.name if check.shard is None else f"{check.name}, shard {check.shard}"
