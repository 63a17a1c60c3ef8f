"""`streakline up`."""

from dataclasses import replace
from pathlib import Path

import click

from stack.data_folder import DEFAULT, DEMO, DataFolder
from stack.parts import Plan
from stack.ports import free_port, is_free
from stack.running import Reach


@click.command()
@click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Where everything is kept. [default: streakline-data; with --demo streakline-demo]",
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8080,
    show_default=True,
    help="Public port; 0: any free one.",
)
@click.option(
    "--clickhouse-port",
    type=click.IntRange(1, 65535),
    help="HTTP port of ClickHouse on this machine, for analysts' tools. [default: a free one]",
)
@click.option(
    "--shards",
    type=click.IntRange(1, 64),
    envvar="STREAKLINE_SHARDS",
    default=4,
    show_default=True,
    help="Number of shards; fixed by the first start on a folder.",
)
@click.option(
    "--server-processes",
    type=click.IntRange(1, 64),
    default=1,
    show_default=True,
    help="Web servers that share the port: each takes a core's worth of events.",
)
@click.option("--demo", is_flag=True, help="Post a made-up day, and say so on the page.")
@click.pass_obj
def command(
    reach: Reach,
    data: Path | None,
    port: int,
    clickhouse_port: int | None,
    shards: int,
    server_processes: int,
    *,
    demo: bool,
) -> None:
    """Run everything on this machine until Ctrl-C.

    Starts Redis, ClickHouse, the flows and the web server, and prints one line on stdout when all of them
    answer: `ready http://127.0.0.1:PORT/#token=…`. What the parts print goes to stderr and to DIR/logs. A
    part that dies is started again. Stop with Ctrl-C or SIGTERM; nothing is lost by kill -9 either.
    """
    # Loaded here: the other commands need not wait for it.
    from stack.up import run  # noqa: PLC0415

    folder = DataFolder(data or reach.data or (DEMO if demo else DEFAULT))
    folder.take()
    for flag, wanted in (("--port", port), ("--clickhouse-port", clickhouse_port)):
        if wanted and not is_free(wanted):
            folder.release()
            raise click.BadParameter(f"port {wanted} is taken on 127.0.0.1: choose another with {flag}")
    if demo:
        folder.generated.touch()
    plan = Plan.of(
        folder,
        port=port or free_port(),
        clickhouse_port=clickhouse_port,
        shards=shards,
        # A folder that ever held made-up data goes on saying so.
        generated=folder.generated.exists(),
    )
    run(folder, replace(plan, server_processes=server_processes), demo=demo)
