"""Keeps the processes of a stack running: ordered start, restart with backoff, ordered stop.

Parts come in stages. A stage starts when every part of the one before answers; the stop goes the other way
round. A part that dies later is started again for ever, on its own: everything in the stack finds its servers
again.
"""

import asyncio
import os
import signal
import time
from collections.abc import Callable, Sequence
from contextlib import suppress

from stack.process import PROBE_EVERY, Part, PartFailed
from stack.supervision.log_lines import LogLines

FIRST_PAUSE = 0.2  # seconds before the first restart; doubled by each further one
LONGEST_PAUSE = 10.0
STEADY_AFTER = 30.0  # seconds after which a part that runs has its pause forgotten
BOOT_ATTEMPTS = 3  # deaths before its first answer that a part may have while the stack starts
LINE_LIMIT = 1 << 20


class _Family(asyncio.subprocess.SubprocessStreamProtocol):
    """A process and the children that it may leave behind, which end with it.

    Redis that is killed while it rewrites its file leaves one that holds its port, its output and the connections
    of its clients for five more seconds.
    """

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Note the process."""
        super().connection_made(transport)
        assert isinstance(transport, asyncio.SubprocessTransport)
        self._group = transport.get_pid()  # it leads a session of its own

    def process_exited(self) -> None:
        """End what is left of its process group."""
        with suppress(ProcessLookupError):
            os.killpg(self._group, signal.SIGKILL)
        super().process_exited()


class Supervised:
    """One part under supervision."""

    def __init__(self, part: Part, lines: LogLines, changed: Callable[[], None]) -> None:
        """Prepare to run `part`; `changed` is called when its process id changes."""
        self.part = part
        self.restarts = 0
        self._lines = lines
        self._changed = changed
        self._process: asyncio.subprocess.Process | None = None
        self._keeper: asyncio.Task[None] | None = None
        self._stopping = False
        self._answered = asyncio.Event()
        self._failed: str | None = None
        self._early_deaths = 0

    @property
    def pid(self) -> int | None:
        """The process id, or None while the part waits to be started again."""
        running = self._process is not None and self._process.returncode is None
        return self._process.pid if running and self._process else None

    async def start(self) -> None:
        """Start the part, keep it running from now on, and return when it has answered for the first time.

        Raises:
            PartFailed: it died several times, or did not answer within its patience.
        """
        self._keeper = asyncio.create_task(self._keep(), name=f"keep {self.part.name}")
        deadline = time.monotonic() + self.part.patience
        while not self._answered.is_set():
            if self._failed:
                raise PartFailed(f"{self.part.name} {self._failed}\n{self._tail()}")
            if time.monotonic() > deadline:
                waited = f"{self.part.patience:.0f} s"
                raise PartFailed(f"{self.part.name} did not answer in {waited}\n{self._tail()}")
            if not self.part.says and self.pid is not None and await asyncio.to_thread(self.part.answers):
                self._answered.set()
            else:
                await asyncio.sleep(PROBE_EVERY)

    async def stop(self) -> None:
        """Ask the process to end, kill it when its grace is over, and stop keeping it."""
        self._stopping = True
        process = self._process
        if process is not None and process.returncode is None:
            with suppress(ProcessLookupError):
                process.send_signal(signal.SIGCONT)  # somebody may have held it with SIGSTOP
                process.terminate()
            try:
                await asyncio.wait_for(process.wait(), self.part.grace)
            except TimeoutError:
                self._lines.say(f"{self.part.name} did not end in {self.part.grace:.0f} s and was killed")
                self.kill()
                await process.wait()
        if self._keeper is not None:
            self._keeper.cancel()
            with suppress(asyncio.CancelledError):
                await self._keeper

    def kill(self) -> None:
        """Kill the process at once."""
        if self._process is not None and self._process.returncode is None:
            with suppress(ProcessLookupError):
                self._process.kill()

    async def _keep(self) -> None:
        pause = FIRST_PAUSE
        while True:
            began = time.monotonic()
            code = await self._run_once()
            if self._stopping:
                return
            if time.monotonic() - began > STEADY_AFTER:
                pause = FIRST_PAUSE
            if not self._answered.is_set():
                self._early_deaths += 1
                if self._early_deaths >= BOOT_ATTEMPTS:
                    self._failed = f"ended {self._early_deaths} times while it started, the last time {code}"
                    return
            self.restarts += 1
            self._lines.say(f"{self.part.name} ended {code}; it is started again in {pause:.1f} s")
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)

    async def _run_once(self) -> str:
        """Run the part until it ends and return how it ended, in words."""
        loop = asyncio.get_running_loop()
        transport, protocol = await loop.subprocess_exec(
            lambda: _Family(LINE_LIMIT, loop),
            *self.part.tethered(),
            env=self.part.environment(),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C reaches the supervisor alone, which stops the parts in order
        )
        self._process = process = asyncio.subprocess.Process(transport, protocol, loop)
        self._changed()
        assert process.stdout is not None
        await self._pass_on(process.stdout)
        code = await process.wait()
        self._changed()
        return f"by signal {signal.Signals(-code).name}" if code < 0 else f"with code {code}"

    async def _pass_on(self, output: asyncio.StreamReader) -> None:
        while True:
            try:
                line = await output.readline()
            except ValueError:
                continue  # a line above the limit was dropped
            if not line:
                return
            self._lines.write(self.part.name, line.rstrip())
            if self.part.says and self.part.says in line:
                self._answered.set()

    def _tail(self) -> str:
        return "\n".join(f"  {line}" for line in self._lines.tail(self.part.name)) or "  it printed nothing"


class Supervisor:
    """All parts of a stack, in stages."""

    def __init__(self, lines: LogLines, changed: Callable[[], None] = lambda: None) -> None:
        """Supervise nothing yet; `changed` is called whenever a process id changes."""
        self._lines = lines
        self._changed = changed
        self._stages: list[list[Supervised]] = []

    async def start_stage(self, parts: Sequence[Part]) -> None:
        """Start parts together and return when each has answered; see `Supervised.start`.

        Raises:
            PartFailed: one of them would not start. The caller stops the rest with `stop`.
        """
        stage = [Supervised(part, self._lines, self._changed) for part in parts]
        self._stages.append(stage)
        results = await asyncio.gather(*(one.start() for one in stage), return_exceptions=True)
        for result in results:
            if isinstance(result, BaseException):
                raise result

    async def run_to_end(self, part: Part) -> None:
        """Run a part that does its work and ends, with its lines among the others'.

        Raises:
            PartFailed: it ended with another code than 0.
        """
        once = Supervised(part, self._lines, self._changed)
        ended = await once._run_once()  # noqa: SLF001 - the same class of process, not kept
        if ended != "with code 0":
            raise PartFailed(f"{part.name} ended {ended}\n{once._tail()}")  # noqa: SLF001

    async def stop(self) -> None:
        """Stop every stage, the last first; the parts of one stage together."""
        for stage in reversed(self._stages):
            await asyncio.gather(*(one.stop() for one in stage))
        self._stages.clear()

    def kill(self) -> None:
        """Kill every process at once."""
        for stage in self._stages:
            for one in stage:
                one.kill()

    def pids(self) -> dict[str, int]:
        """Return the process ids of the parts that run, and the supervisor's own as `stack`."""
        running = {one.part.name: one.pid for stage in self._stages for one in stage}
        return {"stack": os.getpid()} | {name: pid for name, pid in running.items() if pid is not None}
