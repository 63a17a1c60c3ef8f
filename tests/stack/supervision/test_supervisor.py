"""The supervisor: order, patience, restarts and the end, with small programs as parts."""

import contextlib
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable
from io import StringIO
from pathlib import Path
from typing import Any

import psutil
import pytest

from stack.process import Part, PartFailed
from stack.supervision.log_lines import LogLines
from stack.supervision.supervisor import Supervisor
from wire import eventually

TOUCH_AND_WAIT = "import pathlib, sys, time; pathlib.Path(sys.argv[1]).touch(); time.sleep(60)"


@pytest.fixture
def terminal() -> StringIO:
    return StringIO()


@pytest.fixture
async def supervisor(tmp_path: Path, terminal: StringIO) -> AsyncIterator[Supervisor]:
    lines = LogLines(tmp_path, terminal)
    one = Supervisor(lines)
    yield one
    await one.stop()
    lines.close()


def part(
    name: str, code: str, *arguments: object, answers: Callable[[], bool] = lambda: True, **more: Any
) -> Part:
    return Part(name, [sys.executable, "-c", code, *map(str, arguments)], answers, **more)


async def test_a_stage_is_started_when_its_parts_answer(supervisor: Supervisor, tmp_path: Path) -> None:
    sign = tmp_path / "sign"
    await supervisor.start_stage([part("first", TOUCH_AND_WAIT, sign, answers=sign.exists)])
    assert sign.exists()


async def test_a_part_that_ends_while_it_starts_is_given_up_with_its_last_words(
    supervisor: Supervisor,
) -> None:
    with pytest.raises(PartFailed, match=r"(?s)ended 3 times while it started.*with code 7.*no such luck"):
        await supervisor.start_stage(
            [part("broken", "import sys; print('no such luck'); sys.exit(7)", answers=lambda: False)]
        )


async def test_a_part_without_an_address_answers_with_a_word_of_its_log(
    supervisor: Supervisor, terminal: StringIO
) -> None:
    code = "import time; print('waiting'); time.sleep(0.3); print('part_started now'); time.sleep(60)"
    await supervisor.start_stage([part("worded", code, answers=lambda: False, says=b"part_started")])
    assert terminal.getvalue() == "worded     waiting\nworded     part_started now\n"


async def test_a_part_that_never_answers_is_given_up(supervisor: Supervisor) -> None:
    with pytest.raises(PartFailed, match="mute did not answer in 0 s"):
        await supervisor.start_stage(
            [part("mute", "import time; time.sleep(60)", answers=lambda: False, patience=0.3)]
        )


async def test_a_part_that_ignores_sigterm_is_killed_after_its_grace(
    supervisor: Supervisor, terminal: StringIO, tmp_path: Path
) -> None:
    sign = tmp_path / "sign"
    deaf = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {TOUCH_AND_WAIT}"
    await supervisor.start_stage([part("deaf", deaf, sign, answers=sign.exists, grace=0.3)])
    process = psutil.Process(supervisor.pids()["deaf"])
    await supervisor.stop()
    assert not process.is_running()
    assert "deaf did not end in 0 s and was killed" in terminal.getvalue()


async def test_stages_stop_in_reverse_order(supervisor: Supervisor, tmp_path: Path) -> None:
    order = tmp_path / "order"
    code = """
import pathlib, signal, sys
name, order, sign = sys.argv[1], *map(pathlib.Path, sys.argv[2:])
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
sign.touch()
signal.sigwait([signal.SIGTERM])
with order.open("a") as file:
    file.write(name + " ")
"""
    for name in ("servers", "flows", "web"):
        sign = tmp_path / name
        await supervisor.start_stage([part(name, code, name, order, sign, answers=sign.exists)])
    await supervisor.stop()
    assert order.read_text().split() == ["web", "flows", "servers"]


async def test_work_that_fails_is_told_with_its_last_words(supervisor: Supervisor) -> None:
    await supervisor.run_to_end(part("work", "print('done')"))
    with pytest.raises(PartFailed, match=r"(?s)work ended with code 1.*it was not to be"):
        await supervisor.run_to_end(part("work", "import sys; sys.exit('it was not to be')"))


async def test_lines_carry_the_name_of_their_part_and_are_kept_in_its_file(
    supervisor: Supervisor, terminal: StringIO, tmp_path: Path
) -> None:
    await supervisor.run_to_end(part("talker", "print('one'); print('two')"))
    assert terminal.getvalue() == "talker     one\ntalker     two\n"
    assert (tmp_path / "talker.log").read_text() == "one\ntwo\n"


async def test_a_full_disk_under_the_logs_stops_nobody_from_being_kept_running(
    supervisor: Supervisor, terminal: StringIO, tmp_path: Path
) -> None:
    (tmp_path / "talker.log").symlink_to("/dev/full")
    await supervisor.run_to_end(part("talker", "print('one'); print('two')"))
    assert "talker.log cannot be written, lines are only shown here" in terminal.getvalue()
    assert terminal.getvalue().endswith("talker     one\ntalker     two\n")


async def test_lines_that_a_full_disk_left_out_are_told_when_there_is_room(
    terminal: StringIO, tmp_path: Path
) -> None:
    file = tmp_path / "talker.log"
    file.symlink_to("/dev/full")
    lines = LogLines(tmp_path, terminal)
    lines.write("talker", b"one")
    lines.write("talker", b"two")
    lines.close()
    file.unlink()
    lines.write("talker", b"three")
    lines.close()
    assert file.read_text() == "2 lines are missing here: this file could not be written\nthree\n"


async def test_a_killed_part_is_started_again_at_once_though_it_left_a_child_behind(
    supervisor: Supervisor, tmp_path: Path
) -> None:
    # As Redis does while it rewrites its file: the child holds the output, the port and the clients' connections.
    family = """
import os, pathlib, sys, time
child = os.fork()
if child:
    with open(sys.argv[1], "a") as file:
        print(os.getpid(), child, file=file)
time.sleep(600)
"""
    pids = tmp_path / "pids"

    def rows() -> list[list[int]]:
        return [[int(pid) for pid in line.split()] for line in pids.read_text().splitlines()]

    await supervisor.start_stage([part("family", family, pids, answers=pids.exists)])
    await eventually(lambda: len(rows()) == 1)
    [(parent, pid)] = rows()
    child = psutil.Process(pid)
    os.kill(parent, signal.SIGKILL)
    await eventually(lambda: len(rows()) == 2)
    with contextlib.suppress(psutil.NoSuchProcess):  # whoever inherited it may bury it at any moment
        assert child.status() == psutil.STATUS_ZOMBIE
