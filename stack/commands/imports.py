"""`streakline import`: a history from another service, through the public API."""

import asyncio
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import chain
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click
from rich.console import Console

from stack.commands._files import lines_of
from stack.commands._importing import Tally, check, send
from stack.running import Reach
from streakline_client import Client, StreaklineError
from streakline_client.imports import events, lastfm, spotify, youtube
from streakline_client.imports.rows import BadFile, Outcome, sendable

Parse = Callable[[Iterable[str], str, str | None], Iterator[Outcome]]

_HELP = {
    "lastfm": (
        lastfm.parse,
        """Import Last.fm scrobbles from a CSV.

        Either with a header that names uts, artist and track, or rows of artist,album,track,date without
        one. Scrobbles give no duration: each counts as a play. Artists become creators.""",
    ),
    "spotify": (
        spotify.parse,
        """Import a Spotify export.

        Ask for it at spotify.com/account/privacy. Reads StreamingHistory*.json of the account data and
        Streaming_History_*.json of the extended history (or that as a CSV): import one of the two, they
        tell the same plays. Spotify notes the end of a play; its start is the end minus the time played.
        What counts as a play is the server's counting profile; shorter ones are starts.""",
    ),
    "youtube": (
        youtube.parse,
        """Import watch-history.json of Google Takeout.

        Ask for it at takeout.google.com, and choose JSON for the history. It gives no durations: each view
        counts, the second and later ones of a video as replays. Removed videos and advertisements are
        skipped, and reported.""",
    ),
    "events": (
        events.parse,
        """Import events as the wire has them.

        A JSON list, {"events": […]}, or one event a line. What names nobody is given to --user; an event
        without an id gets one from what it says.""",
    ),
}


class Zone(click.ParamType[str]):
    """An IANA time zone."""

    name = "zone"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the zone's name."""
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            self.fail(f"{value!r} is no IANA time zone, like Europe/Berlin", param, ctx)
        return value


@click.group(name="import")
def command() -> None:
    """Import a history from another service.

    Through the public API, and safe to repeat: the id of each play is made from the person, the source and
    the row, so that importing a file twice changes nothing. FILE may be packed with gzip, and there may be
    several. Ends when live numbers and history show the import.
    """


def _add(name: str, parse: Parse, text: str) -> None:
    @command.command(name=name, help=text)
    @click.argument(
        "files",
        metavar="FILE...",
        nargs=-1,
        required=True,
        type=click.Path(path_type=Path, exists=True, dir_okay=False, readable=True),
    )
    @click.option("--user", required=True, metavar="ID", help="The person whose history it is.")
    @click.option("--tz", type=Zone(), help="The person's time zone, to tell days apart; default: none, UTC.")
    @click.option(
        "--wait",
        type=click.FloatRange(min=0),
        default=600,
        show_default=True,
        metavar="SECONDS",
        help="How long to wait until it shows everywhere; 0: not at all.",
    )
    @click.pass_obj
    def run(reach: Reach, files: tuple[Path, ...], user: str, tz: str | None, wait: float) -> None:
        sys.exit(0 if _import(reach, parse, files, user, tz, wait) else 1)


for _name, (_parse, _text) in _HELP.items():
    _add(_name, _parse, _text)


def _import(
    reach: Reach, parse: Parse, files: tuple[Path, ...], user: str, tz: str | None, wait: float
) -> bool:
    """Import files one after the other and print what became of each; tell whether all of it went well."""
    if not 0 < len(user) <= 200:
        raise click.BadParameter(f"{len(user)} characters; an id has 1 to 200", param_hint="--user")
    console = Console(stderr=True)
    sources = [(file, partial(_outcomes, parse, file, user, tz)) for file in files]
    tallies = []
    for file, outcomes in sources:  # all are checked before anything is sent
        with console.status(f"reading {file.name}"):
            try:
                tallies.append(check(outcomes))
            except BadFile as error:
                raise click.BadParameter(f"{file}: {error}", param_hint="FILE") from error
    url, token = reach.server()

    async def send_all() -> None:
        async with Client(url, token or None) as client:
            for (file, outcomes), tally in zip(sources, tallies, strict=True):
                await send(client, outcomes, tally, wait, console)
                _print(file, tally)

    try:
        asyncio.run(send_all())
    except StreaklineError as error:
        raise click.ClickException(
            f"{error}; what was accepted stays, and importing again adds only the rest"
        ) from error
    except KeyboardInterrupt:
        raise click.ClickException("stopped half way; importing again adds only the rest") from None
    return all(tally.clean for tally in tallies)


def _outcomes(parse: Parse, file: Path, user: str, tz: str | None) -> Iterator[Outcome]:
    try:
        yield from map(sendable, parse(lines_of(file), user, tz))
    except BadFile as error:
        raise click.BadParameter(f"{file}: {error}", param_hint="FILE") from error


def _print(file: Path, tally: Tally) -> None:
    first, *others = tally.lines()
    click.echo("\n".join(chain([f"{file.name}: {first}"], (f"  {line}" for line in others))))
