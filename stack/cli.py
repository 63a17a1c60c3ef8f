"""The `streakline` command: options for all, and a file of `stack/commands/` for each command."""

import importlib
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from stack.failures import guarded
from stack.running import Reach
from streakline import zones

COMMANDS = Path(__file__).with_name("commands")

# In the order in which somebody new meets them; what is not named comes after, by its name.
_ORDER = (
    "up",
    "doctor",
    "import",
    "replay",
    "sql",
    "export",
    "token",
    "key",
    "webhook",
    "dead",
    "robots",
    "verify",
    "recount",
    "migrate",
)
# `import` is a word of the language and cannot be a module's name.
_MODULES = {"import": "imports"}


class Commands(click.Group):
    """Finds commands as files, so that `--help` is quick and `token` does not load what `import` needs."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands, in the order of `_ORDER`."""
        del ctx
        names_of = {module: name for name, module in _MODULES.items()}
        files = [path.stem for path in COMMANDS.glob("*.py") if not path.stem.startswith("_")]
        names = sorted(names_of.get(stem, stem).replace("_", "-") for stem in files)
        return sorted(names, key=lambda name: _ORDER.index(name) if name in _ORDER else len(_ORDER))

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """Load and return a command; None if there is no file for it."""
        if name not in self.list_commands(ctx):
            return None
        module = importlib.import_module(f"stack.commands.{_MODULES.get(name, name.replace('-', '_'))}")
        command = module.command
        assert isinstance(command, click.Command)
        return _reaching(command)


def _reach_options() -> list[click.Option]:
    """Return `--url`, `--token` and `--data`, which every command takes before and after its name."""
    return [
        click.Option(
            ["--url"], metavar="URL", callback=_noted, expose_value=False,
            help="The server; default: the stack that runs here.",
        ),
        click.Option(
            ["--token"], metavar="TOKEN", callback=_noted, expose_value=False,
            help="Bearer token; default: that stack's own.",
        ),
        click.Option(
            ["--data"], metavar="DIR", callback=_noted, expose_value=False,
            type=click.Path(path_type=Path, file_okay=False),
            help="Data folder of a stack; default: streakline-data (up --demo: streakline-demo).",
        ),
    ]  # fmt: skip


def _noted(ctx: click.Context, param: click.Parameter, value: Any) -> None:
    """Note where to reach the stack; what is said after a command's name goes before what is said ahead of it."""
    reach = ctx.obj or Reach()
    ctx.obj = reach if value is None else replace(reach, **{str(param.name): value})


def _reaching(command: click.Command) -> click.Command:
    """Give a command, and those inside it, the options that it has not itself."""
    own = {name for param in command.params for name in param.opts}
    command.params += [option for option in _reach_options() if not own & set(option.opts)]
    if isinstance(command, click.Group):
        for inner in command.commands.values():
            _reaching(inner)
    return command


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="""\b
Start here:
  streakline up                     servers, flows and the page; prints a link
  streakline up --demo              the same, with a made-up day that moves it
  streakline import lastfm FILE --user me
  streakline sql "select * from daily_stats order by date desc limit 7"

Exit codes: 0 done, 1 a check failed or something is away, 2 misuse.""",
)
@click.version_option(package_name="streakline", message="streakline %(version)s")
def streakline() -> None:
    """Count what people play, like, save, share and download, while it happens.

    Commands that talk to the server use --url and --token. Those that need Redis or ClickHouse themselves
    find them through the data folder of the stack that runs here, or through REDIS_URL and CLICKHOUSE_URL.
    The three options may stand before or after the command.
    """


streakline.params += _reach_options()


def main() -> None:
    """Run the command line; what can go wrong is one line on stderr, not a traceback."""
    zones.pin()
    sys.exit(guarded(streakline))


if __name__ == "__main__":
    main()
