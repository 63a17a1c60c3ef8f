"""What can go wrong around a command, in one line on stderr and an exit code: never a traceback."""

import logging
import os
import re
import sys
from collections.abc import Callable

import click

from stack.credentials import DamagedFile
from stack.data_folder import FolderInUse
from stack.process import PartFailed
from stack.servers.append_only import WrongFile
from stack.servers.redis_program import BinaryMissing
from stack.servers.redis_version import TooOld
from streakline.settings import BadSetting

FAILED = 1
MISUSE = 2


def guarded(command: Callable[[], object]) -> int:
    """Run a command to its end and return its exit code.

    Output that nobody can take (a full device, a closed pipe) is a failure too, noticed before the process ends:
    Python itself would print a traceback while it ends.
    """
    _open_closed_streams()
    # What it logs is in its exceptions too.
    logging.getLogger("clickhouse_connect").addHandler(logging.NullHandler())
    try:
        try:
            command()
        finally:
            sys.stdout.flush()
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    except BrokenPipeError:
        _discard(sys.stdout)
        return FAILED
    except BadSetting as error:
        return _print_error(str(error), MISUSE)
    except UnicodeError as error:
        return _print_error(f"text that is no UTF-8: {error}")
    except OSError as error:
        return _print_error(_in_words(error))
    except Exception as error:
        if isinstance(error, _foreseen()):
            return _print_error(_short(str(error)))
        raise
    return 0


def _print_error(text: str, code: int = FAILED) -> int:
    try:
        click.echo(f"Error: {text}", err=True)
        sys.stderr.flush()
    except OSError:
        _discard(sys.stderr)
    try:
        sys.stdout.flush()
    except OSError:
        _discard(sys.stdout)
    return code


def _in_words(error: OSError) -> str:
    reason = error.strerror or str(error)
    if error.filename is None:
        return reason if error.errno is None else f"cannot write or read: {reason}"
    return f"{os.fsdecode(error.filename)}: {reason}"


def _short(text: str) -> str:
    """Return an error of a client without the layers that passed it on: who refused what is its end."""
    refused = re.search(r"host='([^']*)', port=(\d+)\).*?(\[Errno \d+\] )?([A-Z][\w ]+)\W*\)", text)
    return f"ClickHouse at {refused[1]}:{refused[2]} does not answer: {refused[4]}" if refused else text


def _foreseen() -> tuple[type[Exception], ...]:
    """Return the errors that say all in their text. The clients are loaded only now: `--help` needs neither."""
    from clickhouse_connect.driver.exceptions import ClickHouseError  # noqa: PLC0415
    from redis.exceptions import RedisError  # noqa: PLC0415

    return (
        DamagedFile,
        FolderInUse,
        PartFailed,
        BinaryMissing,
        TooOld,
        WrongFile,
        ClickHouseError,
        RedisError,
    )


def _open_closed_streams() -> None:
    """Put /dev/null where a standard stream is closed, so that no socket or file gets its number."""
    for number, name, mode in ((0, "stdin", "r"), (1, "stdout", "w"), (2, "stderr", "w")):
        stream = getattr(sys, name)
        if stream is None:
            opened = os.open(os.devnull, os.O_RDWR)
            if opened != number:
                os.dup2(opened, number)
                os.close(opened)
            setattr(sys, name, os.fdopen(number, mode, encoding="utf-8", closefd=False))
        elif mode == "w":
            stream.reconfigure(errors="backslashreplace")


def _discard(stream: object) -> None:
    """Let the rest of a stream go nowhere: what is left in its buffer is written when the process ends."""
    assert hasattr(stream, "fileno")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)
