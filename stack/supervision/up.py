"""`up`: everything on this machine, from the first process to the last, in one call."""

import asyncio
import signal
import sys
import time
from collections.abc import Coroutine
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from server.door.tokens import mint
from server.resources.descriptor_limit import raise_limit
from stack.data_folder import DataFolder
from stack.process import PROBE_EVERY
from stack.run_file import RunFile
from stack.supervision.log_lines import LogLines
from stack.supervision.plan import Plan
from stack.supervision.supervisor import Supervisor

# The link's token ends by itself: links are pasted, and land in histories.
LINK_SECONDS = 24 * 3600.0
# A page that stays open renews its token for so long.
LINK_RENEWED_SECONDS = 30 * 24 * 3600.0
COMMANDS_SECONDS = 30 * 24 * 3600.0
# Seconds that live numbers may take to be read back before the stack is called up without them.
READY_SECONDS = 60.0
# Seconds until `run.json` is tried again when the disk is full.
RUN_FILE_AGAIN = 2.0


class Stack:
    """One running stack on a data folder whose lock the caller holds."""

    def __init__(self, plan: Plan, *, demo: bool = False) -> None:
        """Describe the stack; `run` starts it."""
        self._plan = plan
        self._demo = demo
        self._lines = LogLines(plan.folder.logs)
        self._supervisor = Supervisor(self._lines, changed=self._write_run_file)
        self._run_file: RunFile | None = None
        self._run_file_stale = False

    async def run(self) -> None:
        """Start everything, print the ready line, and run until a stop signal; stop in reverse order.

        Raises:
            PartFailed: a part would not start; everything is stopped again.
        """
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        asked = 0

        def ask() -> None:
            nonlocal asked
            asked += 1
            if asked > 1:
                self._lines.say("asked again: killing what is left")
                self._supervisor.kill()
            stop.set()

        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            # Who started it with a signal ignored (nohup, a shell's `&`) wants it ignored.
            if signal.getsignal(number) is not signal.SIG_IGN:
                loop.add_signal_handler(number, ask)
        began = time.monotonic()
        try:
            await _unless(stop, self._start(began))
            await stop.wait()
        finally:
            self._lines.say("stopping")
            began = time.monotonic()
            await self._supervisor.stop()
            self._lines.say(f"stopped in {time.monotonic() - began:.1f} s")
            self._lines.close()

    async def _start(self, began: float) -> None:
        plan = self._plan
        await self._supervisor.start_stage(plan.servers())
        self._lines.say(f"redis and clickhouse answer after {time.monotonic() - began:.1f} s")
        await self._supervisor.run_to_end(plan.prepare())
        token = mint(plan.credentials.secret, "admin", ttl=COMMANDS_SECONDS)
        self._run_file = RunFile(
            url=plan.url,
            redis_url=plan.redis.url,
            clickhouse_url=plan.clickhouse.url,
            analyst_url=plan.clickhouse.analyst_url,
            token=token,
            pid=self._supervisor.pids()["stack"],
            started=datetime.now(UTC).isoformat(timespec="seconds"),
            generated=plan.generated,
        )
        # Flows and server start together and stop one after the other: the server is asked first.
        await asyncio.gather(
            self._supervisor.start_stage(plan.flows()),
            self._supervisor.start_stage(plan.web_servers()),
        )
        self._write_run_file()
        lacking = await self._lacking()
        self._lines.say(f"ready after {time.monotonic() - began:.1f} s{lacking}")
        link = mint(plan.credentials.secret, "read:admin", ttl=LINK_SECONDS, renewable=LINK_RENEWED_SECONDS)
        print(f"ready {plan.url}/#token={link}{lacking}", flush=True)
        if self._demo:
            await self._supervisor.start_stage([plan.demo(token)])

    async def _lacking(self) -> str:
        """Wait until the web server is ready, or will not be by waiting; return what does not work, in words.

        A state that a running stack survives is none to end one that starts: page, live numbers and history are
        there, and ingest goes on by itself when it can.
        """
        deadline = time.monotonic() + READY_SECONDS
        while True:
            readiness = await asyncio.to_thread(self._plan.readiness)
            if readiness.stopped:
                return f", ingest stopped: {readiness.stopped}"
            if not readiness.reasons:
                return ""
            if time.monotonic() > deadline:
                return f", not yet ready: {'; '.join(readiness.reasons)}"
            await asyncio.sleep(PROBE_EVERY)

    def _write_run_file(self) -> None:
        if self._run_file is None:
            return
        self._run_file = replace(self._run_file, pids=self._supervisor.pids())
        try:
            self._run_file.write(self._plan.folder.run)
        except OSError as error:  # a full disk; the parts are kept running meanwhile
            if not self._run_file_stale:
                self._lines.say(f"{self._plan.folder.run} cannot be written and is out of date: {error}")
            self._run_file_stale = True
            asyncio.get_running_loop().call_later(RUN_FILE_AGAIN, self._write_run_file)
        else:
            self._run_file_stale = False


async def _unless(stop: asyncio.Event, work: Coroutine[Any, Any, None]) -> None:
    """Await `work`, but give it up as soon as `stop` is set."""
    task, waiting = asyncio.create_task(work), asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({task, waiting}, return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        else:
            task.result()
    finally:
        waiting.cancel()


def run(folder: DataFolder, plan: Plan, *, demo: bool = False) -> None:
    """Run a stack to its end; the lock of `folder` is held by the caller and given back here."""
    raise_limit()  # every part inherits it: a shell's usual 1,024 are few for a server
    try:
        asyncio.run(Stack(plan, demo=demo).run())
    finally:
        folder.release()
        sys.stderr.flush()
