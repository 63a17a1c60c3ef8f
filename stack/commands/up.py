"""`streakline up`."""

import os
from dataclasses import replace
from pathlib import Path

import click

from stack.data_folder import DEFAULT, DEMO, DataFolder
from stack.running import Reach
from stack.servers.ports import LOOPBACK, free_port, is_free, resolved
from stack.supervision.plan import Plan
from streakline.settings import Settings
from streakline.streams.partitions import DEFAULT as DEFAULTS


@click.command()
@click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Where everything is kept. [default: STREAKLINE_DATA, else streakline-data; with --demo streakline-demo]",
)
@click.option(
    "--host",
    envvar="STREAKLINE_HOST",
    show_envvar=True,
    default=LOOPBACK,
    show_default=True,
    metavar="ADDRESS",
    help="Where the page and the API listen; 0.0.0.0 or :: for every address of this machine.",
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    envvar="STREAKLINE_PORT",
    show_envvar=True,
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
    show_envvar=True,
    help=f"Shards of the contents; fixed by the first start on a folder. [default: as it is, else {DEFAULTS.shards}]",
)
@click.option(
    "--parts",
    type=click.IntRange(1, 64),
    envvar="STREAKLINE_PARTS",
    show_envvar=True,
    help=f"Parts of the persons; fixed by the first start on a folder. [default: as it is, else {DEFAULTS.parts}]",
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
    host: str,
    port: int,
    clickhouse_port: int | None,
    shards: int | None,
    parts: int | None,
    server_processes: int,
    *,
    demo: bool,
) -> None:
    """Run everything on this machine until Ctrl-C.

    Starts Redis, ClickHouse, the flows and the web server, and prints one line on stdout when all of them
    answer: `ready http://127.0.0.1:PORT/#token=…`. What the parts print goes to stderr and to DIR/logs. A
    part that dies is started again. Stop with Ctrl-C or SIGTERM; nothing is lost by kill -9 either.

    Where something keeps ingest from taking events, like a full disk, the line says so behind the link, and
    everything else works. All STREAKLINE_* settings hold; servers of its own are the point, so REDIS_URL and
    CLICKHOUSE_URL are refused.
    """
    # Loaded here: the other commands need not wait for it.
    from stack.supervision.up import run  # noqa: PLC0415

    settings = Settings.of(os.environ)  # named here, before anything is started
    _refuse_foreign_servers()
    named = os.environ.get("STREAKLINE_DATA")
    folder = DataFolder(data or reach.data or (Path(named) if named else DEMO if demo else DEFAULT))
    try:
        resolved(host)
    except OSError as error:
        raise click.BadParameter(
            f"{host!r}: {error.strerror}; name an address of this machine", param_hint="--host"
        ) from error
    folder.take()
    for flag, wanted, where in (("--port", port, host), ("--clickhouse-port", clickhouse_port, LOOPBACK)):
        try:
            free = is_free(wanted or 0, where)
        except OSError as error:  # an address of another machine
            folder.release()
            raise click.BadParameter(
                f"cannot listen on {where}: {error.strerror}", param_hint="--host"
            ) from error
        if not free:
            folder.release()
            raise click.BadParameter(f"port {wanted} is taken on {where}: choose another with {flag}")
    if demo:
        folder.generated.touch()
    plan = Plan.of(
        folder,
        port=port or free_port(),
        clickhouse_port=clickhouse_port,
        host=host,
        secret=settings.secret,
        shards=shards,
        parts=parts,
        # A folder that ever held made-up data goes on saying so.
        generated=folder.generated.exists() or settings.generated,
    )
    run(folder, replace(plan, server_processes=server_processes), demo=demo)


def _refuse_foreign_servers() -> None:
    """Refuse addresses of servers that would not be used: whoever set them expects them to be."""
    for variable in ("REDIS_URL", "CLICKHOUSE_URL", "CLICKHOUSE_ANALYST_URL", "CLICKHOUSE_HISTORY_URL"):
        if os.environ.get(variable):
            raise click.UsageError(
                f"{variable} is set, but `up` runs servers of its own: unset it, or run each part against yours"
                " (docs/operations.md)"
            )
