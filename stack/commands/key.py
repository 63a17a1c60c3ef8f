"""`streakline key`: API keys, through the server's own endpoint."""

import re
from typing import Any

import click

from stack.asking import ask
from stack.commands.token import Duration
from stack.running import Reach

_PATH = "/api/v1/keys"


@click.group()
def command() -> None:
    """Make, list and revoke API keys.

    A key is sent as `Authorization: Bearer KEY`, like a token, and unlike one it can be revoked. These commands
    need a token of the scope admin; that of the stack that runs here is one.
    """


@command.command("add")
@click.option("--name", default="", metavar="TEXT", help="What you call it.")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    required=True,
    metavar="SCOPE",
    help="What its bearer may do, given once for each, or with commas.",
)
@click.option("--user", default=None, metavar="ID", help="The person it speaks for.")
@click.option(
    "--creator", "creators", multiple=True, metavar="ID", help="A creator whose numbers it may read."
)
@click.option(
    "--for", "lasts", type=Duration(), default="never", show_default=True, help="30m, 12h, 30d or never."
)
@click.pass_obj
def add(
    reach: Reach,
    name: str,
    scopes: tuple[str, ...],
    user: str | None,
    creators: tuple[str, ...],
    lasts: float | None,
) -> None:
    """Make a key and print it, this once: only its hash is kept."""
    wanted = [word for scope in scopes for word in re.split(r"[\s,]+", scope) if word]
    body = {"scopes": wanted, "name": name, "user": user, "creators": list(creators), "lasts": lasts}
    made = ask(reach, "POST", _PATH, body)
    click.echo(f"{made['shown']['id']}: {_line(made['shown'])}", err=True)
    click.echo(made["key"])


@command.command("list")
@click.pass_obj
def list_(reach: Reach) -> None:
    """List all keys, the newest first, revoked ones too. None can be shown again."""
    keys = ask(reach, "GET", _PATH)["keys"]
    for key in keys:
        click.echo(f"{key['id']}  {_line(key)}")
    if not keys:
        click.echo("no keys; `streakline key add` makes one", err=True)


@command.command("revoke")
@click.argument("key_id", metavar="ID")
@click.pass_obj
def revoke(reach: Reach, key_id: str) -> None:
    """Revoke the key with an ID, for ever: every server refuses it within two seconds."""
    if not re.fullmatch(r"[a-z2-7]{10}", key_id):
        raise click.BadParameter(f"{key_id[:20]!r} is no id of a key; `streakline key list` names them")
    click.echo(f"{key_id}  {_line(ask(reach, 'DELETE', f'{_PATH}/{key_id}'))}")


def _line(key: dict[str, Any]) -> str:
    """Return a key in words."""
    parts = [key["state"], " ".join(key["scopes"])]
    parts += [f"for {key['user']}"] if key["user"] else []
    parts += [f"creators {', '.join(key['creators'])}"] if key["creators"] else []
    parts += [f"until {key['expires']}"] if key["expires"] else []
    parts += [f"revoked {key['revoked']}"] if key["revoked"] else []
    return "  ".join([*parts, f"made {key['created']}", *([key["name"]] if key["name"] else [])])
