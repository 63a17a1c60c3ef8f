"""The `streakline` command: options for all, and a file of `stack/commands/` for each command."""

import importlib
import sys
from pathlib import Path

import click

from stack.credentials import DamagedFile
from stack.data_folder import FolderInUse
from stack.part import PartFailed
from stack.redis import BinaryMissing
from stack.running import Reach

COMMANDS = Path(__file__).with_name("commands")

# In the order in which somebody new meets them; what is not named comes after, by its name.
_ORDER = ("up", "doctor", "import", "replay", "sql", "token", "verify", "recount", "migrate")
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
@click.option("--url", default="", metavar="URL", help="The server; default: the stack that runs here.")
@click.option("--token", default="", metavar="TOKEN", help="Bearer token; default: that stack's own.")
@click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Data folder of a stack; default: streakline-data (up --demo: streakline-demo).",
)
@click.version_option(package_name="streakline", message="streakline %(version)s")
@click.pass_context
def streakline(ctx: click.Context, url: str, token: str, data: Path | None) -> None:
    """Count what people play, like, save, share and download, while it happens.

    Commands that talk to the server use --url and --token. Those that need Redis or ClickHouse themselves
    find them through the data folder of the stack that runs here, or through REDIS_URL and CLICKHOUSE_URL.
    """
    ctx.obj = Reach(url=url, token=token, data=data)


def main() -> None:
    """Run the command line; what can go wrong is one line on stderr, not a traceback."""
    try:
        streakline()
    except (DamagedFile, FolderInUse, PartFailed, BinaryMissing) as error:
        click.echo(f"error: {error}", err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
