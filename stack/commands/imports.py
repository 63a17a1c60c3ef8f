"""`streakline import`: a history from another service, through the public API."""

import asyncio
import base64
import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, closing
from functools import partial
from pathlib import Path
from typing import NamedTuple

import click
from rich.console import Console

from stack.imports import exported
from stack.imports.files import FILE, Source
from stack.imports.histories import History, histories
from stack.imports.importing import CONCURRENT, check, compare, count, send
from stack.imports.known_rows import Known
from stack.imports.tally import Tally
from stack.running import Reach
from streakline import zones
from streakline_client import Client, StreaklineError
from streakline_client.imports import events, lastfm, recognition, spotify, youtube
from streakline_client.imports.rows import BadFile, Outcome, sendable

Command = Callable[..., None]
Parse = Callable[[Iterable[str], str, str | None], Iterator[Outcome]]
_COUNTRY = "name a country, kept as a property: only a token with the scope admin sets the column"


class Importer(NamedTuple):
    """An importer: a sub-command of `import`."""

    name: str
    parse: Parse
    makes_ids: bool = True
    """Whether it makes the id of every event itself."""
    is_own: bool = False
    """Whether its files are a Streakline's: they name everybody, and robots and countries are as they were."""


class _Checked(NamedTuple):
    """A history that was read once."""

    source: Source
    history: History
    tally: Tally
    outcomes: Callable[[], Iterator[Outcome]]


_HELP = {
    Importer("lastfm", lastfm.parse): """Import Last.fm scrobbles.

        Reads what Last.fm's exporters write: a CSV with a header that names a time (uts, timestamp, date),
        artist and track, with commas, semicolons or tabs; rows of artist,album,track,date without header;
        lastfmstats as CSV or JSON; the API's answers and pages of them as JSON. Scrobbles give no duration:
        each counts as a play. Artists become creators.""",
    Importer("spotify", spotify.parse): """Import a Spotify export.

        Ask for it at spotify.com/account/privacy. Reads the ZIP, or from it StreamingHistory*.json of the
        account data and Streaming_History_*.json of the extended history (or that as a CSV): import one of
        the two, they tell the same plays. What counts as a play is the server's counting profile; shorter
        ones are skips. The country is set where the token has the scope admin.""",
    Importer("youtube", youtube.parse): """Import YouTube's watch history.

        Ask for it at takeout.google.com. Reads the ZIP, or from it the history as JSON or HTML, whatever its
        name is in your language: import one of the two. It gives no durations: each view counts, the second
        and later ones of a video as replays. Advertisements, removed videos and what is no view are
        skipped, and reported. Times of the HTML may need --tz.""",
    Importer("events", events.parse, makes_ids=False): """Import events as the wire has them.

        A JSON list, {"events": […]}, or one event a line. What names nobody is given to --user; an event
        without an id gets one from what it says.""",
    Importer("streakline", exported.parse, makes_ids=False, is_own=True): """Import an export of a Streakline.

        What `streakline export` wrote, as JSONL, CSV or Parquet. Every event keeps its id, its person and its
        time, robots stay robots. Needs a token of the scope admin; what counts as a play is this server's
        counting profile.""",
}


class Zone(click.ParamType[str]):
    """An IANA time zone."""

    name = "zone"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the zone's name."""
        try:
            zones.zone(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)
        return value


@click.group(name="import")
def command() -> None:
    """Import a history from another service, or from another Streakline.

    Through the public API, and safe to repeat: the id of each play is made from the person, the source and
    the row, so that importing a file twice changes nothing. FILE may be packed with gzip or a ZIP, a pipe, or
    `-` for standard input, and there may be several. Ends when live numbers and history show the import.

    Exit codes: 0 done, 1 rows that cannot be read, were refused, or nothing to keep, 2 a file of another kind.
    """


def _whose(importer: Importer) -> Callable[[Command], Command]:
    """Add the options that say whose history it is, where its rows do not."""
    if importer.is_own:
        return lambda run: run
    user = click.option("--user", required=True, metavar="ID", help="The person whose history it is.")
    tz = click.option(
        "--tz", type=Zone(), help="The person's time zone, to tell days apart; default: none, UTC."
    )
    return lambda run: user(tz(run))


def _add(importer: Importer, text: str) -> None:
    @command.command(name=importer.name, help=text)
    @click.argument("files", metavar="FILE...", nargs=-1, required=True, type=FILE)
    @_whose(importer)
    @click.option(
        "--wait",
        type=click.FloatRange(min=0),
        default=600,
        show_default=True,
        metavar="SECONDS",
        help="How long to wait until it shows everywhere; 0: not at all.",
    )
    @click.option("--dry-run", is_flag=True, help="Say what would be imported, and send nothing.")
    @click.pass_obj
    def run(
        reach: Reach,
        files: tuple[Path, ...],
        wait: float,
        *,
        dry_run: bool,
        user: str = "",
        tz: str | None = None,
    ) -> None:
        if not importer.is_own and not 0 < len(user) <= 200:
            raise click.BadParameter(f"{len(user)} characters; an id has 1 to 200", param_hint="--user")
        with ExitStack() as held:
            checked = [
                one
                for file in files  # all are checked before anything is sent
                for one in _checked(held.enter_context(Source(file)), importer, user, tz)
            ]
            well = _import(reach, importer, checked, wait, dry_run=dry_run)
        sys.exit(0 if well else 1)


def _checked(source: Source, importer: Importer, user: str, tz: str | None) -> Iterator[_Checked]:
    console = Console(stderr=True)
    try:
        with console.status(f"reading {source.name}"):
            found = histories(source, importer.name)
        for history in found:
            outcomes = partial(_outcomes, history, importer, user, tz)
            with console.status(f"reading {history.name}"):
                tally = check(outcomes)
                tally.name, tally.mixed = history.name, not importer.makes_ids
                if tally.empty and tally.rows:
                    tally.nothing = recognition.described(history.head(), importer.name)
            yield _Checked(source, history, tally, outcomes)
    except BadFile as error:
        raise click.BadParameter(f"{source.name}: {error}", param_hint="FILE") from error
    except OSError as error:
        raise click.ClickException(f"{source.name} cannot be read: {error.strerror or error}") from error


def _outcomes(history: History, importer: Importer, user: str, tz: str | None) -> Iterator[Outcome]:
    try:
        with closing(history.lines()) as lines:
            yield from map(sendable, importer.parse(lines, user, tz))
    except BadFile as error:
        looks = recognition.described(history.head(), importer.name)
        raise BadFile(f"{error}{looks and '; '}{looks}") from error


def _import(reach: Reach, importer: Importer, checked: list[_Checked], wait: float, *, dry_run: bool) -> bool:
    """Import histories one after the other and print what became of each; tell whether all of it went well."""
    if any(one.tally.plays for one in checked):
        _send(reach, importer, checked, wait, dry_run=dry_run)
    else:
        for one in checked:
            _print(one.tally)
    sources = {
        id(one.source): [other.tally for other in checked if other.source is one.source] for one in checked
    }
    kept = any(one.tally.plays for one in checked) and not any(
        all(tally.empty for tally in tallies) and any(tally.rows for tally in tallies)
        for tallies in sources.values()
    )
    return kept and all(one.tally.clean for one in checked)


def _send(reach: Reach, importer: Importer, checked: list[_Checked], wait: float, *, dry_run: bool) -> None:
    url, token = reach.server()
    if importer.is_own and not _is_admin(token):
        raise click.ClickException(
            "importing an export needs a token of the scope admin, which alone may say who is a robot and which"
            " country an event came from: give it by --token or STREAKLINE_TOKEN"
        )
    known = Known(_history_of(reach, url))
    for one in checked:
        known.ask(one.tally.identities)
        known.ask(one.tally.former)

    async def send_all() -> None:
        async with Client(url, token or None) as client:
            for one in checked:
                left = compare(one.tally, known, ours=importer.makes_ids)
                _remark(one.tally, known, admin=_is_admin(token))
                if dry_run:
                    known.add(one.tally.identities)
                elif one.tally.plays:
                    taken = await send(
                        client, one.outcomes, one.tally, left, wait, Console(stderr=True),
                        concurrency=1 if importer.is_own else CONCURRENT,
                    )  # fmt: skip
                    count(one.tally, known, taken)
                    known.add(taken)
                _print(one.tally, "; nothing was sent" if dry_run else "")

    try:
        asyncio.run(send_all())
    except StreaklineError as error:
        raise click.ClickException(
            f"{error}; what was accepted stays, and importing again adds only the rest"
        ) from error
    except KeyboardInterrupt:
        raise click.ClickException("stopped half way; importing again adds only the rest") from None


def _remark(tally: Tally, known: Known, *, admin: bool) -> None:
    """Say what a person should know of the rows, and leave out what is not so."""
    if not known.why:
        tally.remarks.pop(spotify.MOVED, None)  # those that were imported before are left as they are
    if tally.countries and not admin:
        tally.remarks[_COUNTRY] = tally.countries


def _history_of(reach: Reach, url: str) -> str:
    """Return the address of the ClickHouse of the server at `url`; empty where nothing tells it."""
    run = reach.running()
    named = bool(os.environ.get("CLICKHOUSE_URL")) and not reach.data
    return reach.clickhouse_url() if named or (run is not None and url == run.url.rstrip("/")) else ""


def _is_admin(token: str) -> bool:
    """Tell whether a token says that it has the scope `admin`; the server decides whether that holds."""
    try:
        claims = json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))
        return "admin" in str(claims["scope"]).split()
    except (IndexError, KeyError, TypeError, ValueError):
        return False


def _print(tally: Tally, more: str = "") -> None:
    first, *others = tally.lines()
    click.echo("\n".join([f"{tally.name}: {first}{more}", *(f"  {line}" for line in others)]))


for _importer, _text in _HELP.items():
    _add(_importer, _text)
