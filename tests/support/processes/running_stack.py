"""A whole stack for tests: Redis, ClickHouse, the flows and the web server, as `streakline up` runs them."""

import json
import os
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path
from queue import Empty, Queue
from typing import Any, Self

ROOT = Path(__file__).parents[3]


class RunningStack:
    """`streakline up` in an own folder: `url`, `link`, `token`, `pids()`, `post()`. Use it with `with`."""

    def __init__(
        self,
        folder: Path,
        *options: str,
        patience: float = 60,
        environment: Mapping[str, str] | None = None,
        command: Sequence[str] = (sys.executable, "-m", "stack.cli"),
        cwd: Path = ROOT,
        own_options: bool = True,
    ) -> None:
        """Start everything and wait until it is ready.

        Args:
            folder: the data folder.
            options: more options of `up`.
            patience: seconds until the ready line must have come.
            environment: settings for every part, beside those of this process.
            command: what starts `streakline`.
            cwd: the folder that it is started in.
            own_options: whether folder and a free port are named as options; else the environment must.
        """
        self.folder = folder
        folder.parent.mkdir(parents=True, exist_ok=True)
        self._log = (folder.parent / f"{folder.name}.log").open("wb")
        self._process = subprocess.Popen(
            [*command, "up", *(("--data", str(folder), "--port", "0") if own_options else ()), *options],
            cwd=cwd,
            env={**os.environ, **(environment or {})},
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
        )
        try:
            self.link = self._ready_link(patience)
        except BaseException:
            self.stop()
            raise

    @property
    def url(self) -> str:
        """The public address, without a slash at its end."""
        return self.link.partition("/#")[0]

    @property
    def token(self) -> str:
        """The token of the commands, which may write."""
        return str(self._run_file()["token"])

    def pids(self) -> dict[str, int]:
        """Return name -> process id of every part that runs now."""
        return dict(self._run_file()["pids"])

    def post(self, events: Sequence[Mapping[str, object]]) -> dict[str, Any]:
        """Post events as a client would and return the receipt."""
        request = urllib.request.Request(
            f"{self.url}/api/stats/events",
            data=json.dumps(list(events)).encode(),
            headers={"content-type": "application/json", "authorization": f"Bearer {self.token}"},
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            receipt: dict[str, Any] = json.load(answer)
        return receipt

    def stop(self) -> None:
        """Stop cleanly; kill what does not stop."""
        self._process.terminate()
        try:
            self._process.wait(30)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()
        self._log.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _run_file(self) -> dict[str, Any]:
        run: dict[str, Any] = json.loads((self.folder / "run.json").read_text())
        return run

    def _ready_link(self, patience: float) -> str:
        lines: Queue[str] = Queue()
        threading.Thread(target=self._read, args=(lines,), daemon=True).start()
        try:
            line = lines.get(timeout=patience)
        except Empty:
            line = ""
        word, _, link = line.strip().partition(" ")
        if word != "ready":
            tail = Path(self._log.name).read_text(errors="replace")[-2000:]
            msg = f"`up` said {line!r}, not `ready …`, within {patience:.0f} s; its log ends:\n{tail}"
            raise RuntimeError(msg)
        # Behind the link: what does not work now, for tests that want it so.
        link, _, self.lacking = link.partition(", ")
        return link

    def _read(self, lines: "Queue[str]") -> None:
        assert self._process.stdout is not None
        # The first line is the only one on stdout; the end of the stream is "".
        lines.put(self._process.stdout.readline())
