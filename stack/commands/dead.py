"""`streakline dead`: dead letters, through the server's own endpoints."""

import json
import re
from collections.abc import Iterator
from typing import Any

import click

from stack.asking import ask
from stack.running import Reach

_PATH = "/api/v1/dead-letters"
_ID = re.compile(r"[0-9]{1,15}-[0-9]{1,19}")
AT_ONCE = 500


@click.group()
def command() -> None:
    """List, replay and discard dead letters: what could not be taken, read or stored.

    A replayed event counts once, however often it is replayed, and as its sender's. These commands need a token of
    the scope admin; that of the stack that runs here is one.
    """


@command.command("list")
@click.option(
    "--limit", type=click.IntRange(1, 1000), default=20, show_default=True, help="So many, the newest first."
)
@click.option("--json", "as_json", is_flag=True, help="One letter a line, whole.")
@click.pass_obj
def list_(reach: Reach, limit: int, as_json: bool) -> None:
    """List dead letters, the newest first, with the reason and whether each can be replayed."""
    page = ask(reach, "GET", f"{_PATH}?limit={limit}")
    for letter in page["letters"]:
        click.echo(json.dumps(letter, ensure_ascii=False) if as_json else _line(letter))
    shown = len(page["letters"])
    if not page["count"]:
        click.echo("no dead letters", err=True)
    elif shown < page["count"]:
        click.echo(f"{shown} of {page['count']}; --limit shows more", err=True)


@command.command("replay")
@click.argument("ids", metavar="ID...", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="All that there are.")
@click.pass_obj
def replay(reach: Reach, ids: tuple[str, ...], everything: bool) -> None:
    """Send the events of letters again and say of each how it went; exit 1 if one was not replayed."""
    if bool(ids) == everything:
        raise click.UsageError(
            "name the letters by their ids, or say --all; `streakline dead list` names them"
        )
    _check(ids)
    replayed, kept = 0, 0
    for answer in _all(reach) if everything else _named(reach, ids):
        replayed += answer["replayed"]
        kept += len(answer["letters"]) - answer["replayed"]
        for letter in answer["letters"]:
            if letter["outcome"] != "replayed" or not everything:
                click.echo("  ".join(filter(None, (letter["id"], letter["outcome"], letter["reason"]))))
    click.echo(f"{replayed} replayed, {kept} not", err=True)
    if kept:
        raise SystemExit(1)


@command.command("discard")
@click.argument("ids", metavar="ID...", nargs=-1, required=True)
@click.pass_obj
def discard(reach: Reach, ids: tuple[str, ...]) -> None:
    """Let letters go, for ever."""
    _check(ids)
    for id_ in ids:
        ask(reach, "DELETE", f"{_PATH}/{id_}")
        click.echo(f"{id_}  discarded")


def _check(ids: tuple[str, ...]) -> None:
    for id_ in ids:
        if not _ID.fullmatch(id_):
            raise click.BadParameter(f"{id_[:40]!r} is no id of a letter; `streakline dead list` names them")


def _named(reach: Reach, ids: tuple[str, ...]) -> Iterator[Any]:
    for begin in range(0, len(ids), AT_ONCE):
        yield ask(reach, "POST", f"{_PATH}/replay", {"ids": ids[begin : begin + AT_ONCE]})


def _all(reach: Reach) -> Iterator[Any]:
    cursor = None
    while True:
        answer = ask(reach, "POST", f"{_PATH}/replay", {"all": True, "cursor": cursor})
        yield answer
        cursor = answer["nextCursor"]
        if cursor is None:
            return


def _line(letter: dict[str, Any]) -> str:
    """Return a letter in words."""
    can = "replayable" if letter["notReplayable"] is None else f"not replayable: {letter['notReplayable']}"
    return "  ".join([letter["id"], letter["at"], letter["where"], letter["error"], can])
