"""`streakline webhook`: receivers of domain events, through the server's own endpoint."""

import re
from typing import Any

import click

from stack.asking import ask
from stack.running import Reach

_PATH = "/api/v1/webhooks"


def _id(_: click.Context, __: click.Parameter, text: str) -> str:
    if not re.fullmatch(r"[a-z2-7]{10}", text):
        raise click.BadParameter(f"{text[:20]!r} is no id of a webhook; `streakline webhook list` names them")
    return text


_WEBHOOK = click.argument("webhook_id", metavar="ID", callback=_id)


@click.group()
def command() -> None:
    """Add, list, try and remove webhooks.

    A webhook is an address to which domain events are posted, signed as Standard Webhooks has it. These commands need a
    token of the scope admin; that of the stack that runs here is one.
    """


@command.command("add")
@click.argument("receiver", metavar="URL")
@click.option(
    "--events",
    multiple=True,
    metavar="TYPE",
    help="What it wants, given once for each, or with commas; default: all.",
)
@click.option("--description", default="", metavar="TEXT", help="What you call it.")
@click.pass_obj
def add(reach: Reach, receiver: str, events: tuple[str, ...], description: str) -> None:
    """Add the webhook at a URL and print its secret, this once."""
    wanted = [word for text in events for word in re.split(r"[\s,]+", text) if word]
    made = ask(reach, "POST", _PATH, {"url": receiver, "events": wanted, "description": description})
    click.echo(_line(made["shown"]), err=True)
    click.echo(made["secret"])


@command.command("list")
@click.pass_obj
def list_(reach: Reach) -> None:
    """List all webhooks, the newest first. No secret can be shown again."""
    hooks = ask(reach, "GET", _PATH)["webhooks"]
    for hook in hooks:
        click.echo(_line(hook))
    if not hooks:
        click.echo("no webhooks; `streakline webhook add` adds one", err=True)


@command.command("deliveries")
@_WEBHOOK
@click.option("--state", type=click.Choice(["any", "pending", "delivered", "dead"]), default="any")
@click.pass_obj
def deliveries(reach: Reach, webhook_id: str, state: str) -> None:
    """List the last deliveries of a webhook, the newest first, with what became of them."""
    for one in ask(reach, "GET", f"{_PATH}/{webhook_id}/deliveries?state={state}")["deliveries"]:
        click.echo(_delivery(one))


@command.command("retry")
@_WEBHOOK
@click.argument("delivery_id", metavar="DELIVERY", type=click.UUID)
@click.pass_obj
def retry(reach: Reach, webhook_id: str, delivery_id: object) -> None:
    """Try a delivery again now, whatever became of it."""
    click.echo(_delivery(ask(reach, "POST", f"{_PATH}/{webhook_id}/deliveries/{delivery_id}/retry")))


@command.command("test")
@_WEBHOOK
@click.pass_obj
def test(reach: Reach, webhook_id: str) -> None:
    """Send an event of the type WebhookTest; `streakline webhook deliveries` tells what becomes of it."""
    click.echo(_delivery(ask(reach, "POST", f"{_PATH}/{webhook_id}/test")))


@command.command("remove")
@_WEBHOOK
@click.pass_obj
def remove(reach: Reach, webhook_id: str) -> None:
    """Remove the webhook with an ID, for ever, with its secret and its deliveries."""
    gone = ask(reach, "DELETE", f"{_PATH}/{webhook_id}")
    click.echo(f"{gone['id']}  removed {gone['removed']}")


def _line(hook: dict[str, Any]) -> str:
    """Return a webhook in words."""
    parts = [hook["id"], hook["state"], hook["url"], " ".join(hook["events"]) or "all events"]
    parts += [f"{hook['pending']} pending", f"{hook['dead']} dead", f"added {hook['created']}"]
    return "  ".join([*parts, *([hook["description"]] if hook["description"] else [])])


def _delivery(one: dict[str, Any]) -> str:
    """Return a delivery in words."""
    parts = [one["id"], one["state"], one["type"], f"made {one['created']}"]
    if one["attempts"]:
        last = one["attempts"][-1]
        parts += [
            f"{len(one['attempts'])} tried",
            str(last["status"] or last["error"]),
            f"{last['duration']:g} s",
        ]
    parts += [f"next {one['next']}"] if one["next"] else []
    return "  ".join(parts)
