"""Find the stack that a command talks to."""

import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import click

from stack.credentials import Credentials
from stack.data_folder import DEFAULT, DEMO, DataFolder
from stack.run_file import RunFile
from streakline.settings import BadSetting

_HTTP = ("http", "https")
_SCHEMES = {"redis_url": ("redis", "rediss", "unix"), "clickhouse_url": _HTTP, "analyst_url": _HTTP}
DEFAULT_URL = "http://127.0.0.1:8080"


class NotRunning(click.ClickException):
    """No running stack was found. Exit code 1."""


@dataclass(frozen=True)
class Reach:
    """What the global options `--url`, `--token` and `--data` said; empty is "not given"."""

    url: str = ""
    token: str = ""
    data: Path | None = None

    def folders(self) -> list[Path]:
        """Return where a stack may run: `--data`, else `STREAKLINE_DATA`, else the folders that `up` takes."""
        if self.data:
            return [self.data]
        named = os.environ.get("STREAKLINE_DATA")
        return [Path(named)] if named else [DEFAULT, DEMO]

    def running(self) -> RunFile | None:
        """Return the stack that runs on one of `folders`; None if there is none."""
        for path in self.folders():
            folder = DataFolder(path)
            if folder.is_taken() and folder.run.exists():
                return RunFile.read(folder.run)
        return None

    def server(self) -> tuple[str, str]:
        """Return address and token of the web server.

        The token is `--token`, else `STREAKLINE_TOKEN`, else, for the stack that runs here, the one of its
        `run.json`; empty if there is none.
        """
        run = self.running()
        url = (self.url or (run.url if run else DEFAULT_URL)).rstrip("/")
        token = self.token or os.environ.get("STREAKLINE_TOKEN", "")
        if not token and run and url == run.url:
            token = run.token
        return url, token

    def redis_url(self) -> str:
        """Return the address of Redis, by `--data` or by `REDIS_URL`.

        Raises:
            NotRunning: neither leads to one.
        """
        return self._part("REDIS_URL", "redis_url")

    def clickhouse_url(self) -> str:
        """Return the address of ClickHouse with all rights, by `--data` or by `CLICKHOUSE_URL`.

        Raises:
            NotRunning: neither leads to one.
        """
        return self._part("CLICKHOUSE_URL", "clickhouse_url")

    def analyst_url(self) -> str:
        """Return the address of ClickHouse's read-only user, by `--data` or by `CLICKHOUSE_ANALYST_URL`.

        Raises:
            NotRunning: neither leads to one.
        """
        return self._part("CLICKHOUSE_ANALYST_URL", "analyst_url")

    def secret(self) -> str:
        """Return the secret that signs tokens, from the data folder or `STREAKLINE_SECRET`.

        Raises:
            NotRunning: neither has one.
        """
        if not self.data and (secret := os.environ.get("STREAKLINE_SECRET")):
            return secret
        for path in self.folders():
            folder = DataFolder(path)
            if folder.secrets.exists():
                return Credentials.load(folder.secrets).secret
        raise NotRunning(f"no secret: {self._where()} has no secrets.json, and STREAKLINE_SECRET is not set")

    def _part(self, variable: str, field: str) -> str:
        if not self.data and (url := os.environ.get(variable)):
            scheme = urlsplit(url).scheme
            if scheme not in _SCHEMES[field]:
                raise BadSetting(
                    f"{variable} is {_without_password(url)!r}; it takes an address with {' or '.join(_SCHEMES[field])}://"
                )
            return url
        run = self.running()
        if run is None:
            raise NotRunning(
                f"no stack runs on {self._where()}: start one with `streakline up`,"
                f" name its folder with --data, or set {variable}"
            )
        return str(getattr(run, field))

    def _where(self) -> str:
        return " or ".join(str(path) for path in self.folders())


def _without_password(url: str) -> str:
    return url.rpartition("@")[2]
