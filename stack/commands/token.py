"""`streakline token`."""

import re

import click

from server.door.tokens import SCOPES, mint
from stack.running import Reach

LONGEST = 36_525 * 86_400
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}


class Duration(click.ParamType[float | None]):
    """Seconds from texts like 90s, 30m, 12h, 30d; `never` is None."""

    name = "duration"

    def convert(
        self, value: str | float | None, param: click.Parameter | None, ctx: click.Context | None
    ) -> float | None:
        """Return seconds."""
        if value is None or value == "never":
            return None
        if not isinstance(value, str):
            return float(value)
        match = re.fullmatch(r"(\d+)([smhd])", value)
        if match is None:
            self.fail(f"{value!r} is no duration; it looks like 30m, 12h, 30d or never", param, ctx)
        seconds = float(match[1]) * _UNITS[match[2]]
        if seconds > LONGEST:
            self.fail(
                f"{value!r} is more than a hundred years; a token without an end is `never`", param, ctx
            )
        return seconds


@click.command()
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    metavar="SCOPE",
    help=f"What its bearer may do, given once for each: {', '.join(SCOPES)}."
    " [default: with --user read:self and write:self, else read:public]",
)
@click.option("--user", default="", metavar="ID", help="The person it speaks for.")
@click.option(
    "--creator", "creators", multiple=True, metavar="ID", help="A creator whose numbers it may read."
)
@click.option(
    "--for", "lasts", type=Duration(), default="12h", show_default=True, help="30m, 12h, 30d or never."
)
@click.option(
    "--renewable",
    type=Duration(),
    default="0s",
    help="For how long a page that it opens may renew it, like 30d; default: not at all.",
)
@click.pass_obj
def command(
    reach: Reach,
    scopes: tuple[str, ...],
    user: str,
    creators: tuple[str, ...],
    lasts: float | None,
    renewable: float | None,
) -> None:
    """Print a new bearer token.

    It is signed with the secret of the data folder, so the stack need not run. Whoever holds a token has its
    rights until it ends: keep it out of addresses and logs.
    """
    wanted = [word for scope in scopes for word in re.split(r"[\s,]+", scope) if word]
    if not wanted:
        wanted = ["read:self", "write:self"] if user else ["read:public"]
    try:
        token = mint(
            reach.secret(),
            " ".join(wanted),
            sub=user or None,
            ttl=lasts,
            creators=creators,
            renewable=LONGEST if renewable is None else renewable,
        )
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--scope") from error
    click.echo(token)
