"""`streakline migrate`: bring the ClickHouse schema up to date."""

import click

from sql.connection import connect
from sql.migrate import EditedHistory, migrate, migrations, pending
from stack.running import Reach


@click.command()
@click.option("--check", is_flag=True, help="Only say what has not run; exit code 1 if there is any.")
@click.pass_context
def command(ctx: click.Context, check: bool) -> None:
    """Bring the tables and views of ClickHouse up to date.

    `up` does this by itself. Migrations only go forward; a file that was edited after it ran is refused.
    """
    reach: Reach = ctx.obj
    url = reach.clickhouse_url()
    if check:
        with connect(url) as client:
            waiting = pending(client, migrations())
        for name in waiting:
            click.echo(f"has not run: {name}")
        ctx.exit(1 if waiting else 0)
    try:
        ran = migrate(url)
    except EditedHistory as error:
        raise click.ClickException(str(error)) from error
    for name in ran:
        click.echo(f"ran {name}")
    if not ran:
        click.echo(f"up to date: all {len(migrations())} migrations have run")
