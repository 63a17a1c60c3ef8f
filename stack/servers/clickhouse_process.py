"""The process that is the embedded ClickHouse: `python -m stack.servers.clickhouse_process FOLDER`.

The `chdb-core` wheel holds the whole engine with its HTTP listener. `clickhouse-local` opens the listener on
request and ends with its last query, so one query is kept running for as long as the server should live: it
reads a fifo to which nobody writes, at no cost, until this process closes the other end.

FOLDER holds `run/config.xml` (see `stack.servers.clickhouse_server`), which the engine reads from its working folder,
and becomes the data folder, owned by this process alone.
"""

import ctypes
import fcntl
import importlib
import importlib.util
import os
import signal
import sys
import termios
import threading
import time
import types
from contextlib import suppress
from pathlib import Path
from typing import Any

# How long a clean stop may take before the process goes anyway; kill -9 loses no acknowledged row.
STOP_SECONDS = 20.0
STOP_SIGNALS = {signal.SIGTERM, signal.SIGINT}
# Names the read end of a pipe whose write end only the parent holds.
PARENT_PIPE = "STREAKLINE_PARENT_PIPE"


def lock(folder: Path) -> int:
    """Take the lock of the data folder: two engines on one folder destroy each other's parts."""
    descriptor = os.open(folder / "run" / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        sys.exit(f"another ClickHouse owns the folder {folder}: stop it first")
    return descriptor


def find_engine() -> Path:
    """Return the folder of the engine's wheel.

    Raises:
        ImportError: it is not installed.
    """
    spec = importlib.util.find_spec("chdb")
    if spec is None or not spec.submodule_search_locations:
        raise ImportError("no ClickHouse engine found: install the package chdb-core (make install does)")
    return Path(spec.submodule_search_locations[0])


def load_engine() -> Any:
    """Load the engine of the wheel without the package around it.

    Importing `chdb` opens and closes a second, in-memory engine only to learn its version; left out, a start
    takes half the time. The rest is what the package does: `RTLD_DEEPBIND` keeps the engine on its own
    allocator.
    """
    folder = find_engine()
    package = types.ModuleType("chdb")
    package.__path__ = [str(folder)]
    sys.modules["chdb"] = package
    if sys.platform == "linux":
        library = folder / "_chdb.abi3.so"
        ctypes.CDLL(str(library), mode=sys.getdlopenflags() | os.RTLD_DEEPBIND)
    return importlib.import_module("chdb._chdb")


def end_with_parent(pipe: int) -> None:
    """Wait until the parent's end of `pipe` is closed, then stop; for systems without a death signal."""
    with suppress(OSError):
        while os.read(pipe, 1):
            pass
    os.kill(os.getpid(), signal.SIGTERM)


def leave(folder: Path, pipe: int) -> None:
    """Stand in a folder that is gone, from when the engine reads `pipe`.

    The engine takes itself for a command line, whose user may read any file: the function `file` asks nobody for a
    right. It begins with the working folder's path, and fails for everyone where there is none. All that the engine
    opens later it has by whole names.
    """
    os.write(pipe, b"\n")
    while fcntl.ioctl(pipe, termios.FIONREAD, bytes(4)) != bytes(4):
        time.sleep(0.01)
    gone = folder / "gone"
    gone.mkdir(exist_ok=True)
    os.chdir(gone)
    gone.rmdir()


def serve(folder: Path) -> None:
    """Run the server until a signal, the end of the parent or of the engine, and end the process."""
    run = folder / "run"
    lock(folder)
    hold = run / "hold"
    hold.unlink(missing_ok=True)
    os.mkfifo(hold, 0o600)
    os.chdir(run)
    # Blocked in every thread that starts from here, so that the main thread alone takes them, with `sigwait`.
    signal.pthread_sigmask(signal.SIG_BLOCK, STOP_SIGNALS)

    engine = load_engine()
    engine.set_signal_handlers_enabled(0)
    if pipe := os.environ.get(PARENT_PIPE):
        threading.Thread(target=end_with_parent, args=(int(pipe),), daemon=True).start()
    writer = os.open(hold, os.O_RDWR)
    failures = list[str]()

    def answer() -> None:
        # By names without the folder's: that may hold what SQL, the engine or its patterns of files read otherwise.
        reading = f"SELECT count() FROM file('/dev/fd/{writer}', 'LineAsString', 'line String')"  # noqa: S608
        try:
            engine.query(f"SYSTEM START LISTEN HTTP; {reading}", "TabSeparated", path=str(folder))
        except Exception as error:  # noqa: BLE001 - the engine's own exception type is not exported
            failures.append(str(error))
        finally:
            os.kill(os.getpid(), signal.SIGTERM)

    thread = threading.Thread(target=answer, daemon=True)
    thread.start()
    threading.Thread(target=leave, args=(run, writer), daemon=True).start()
    signal.sigwait(STOP_SIGNALS)
    os.close(writer)
    thread.join(STOP_SECONDS)
    for failure in failures:
        print(f"clickhouse failed: {failure}", file=sys.stderr, flush=True)
    # Without the interpreter's own end: the engine's threads do not survive it in an orderly way.
    os._exit(1 if failures else 0)


if __name__ == "__main__":
    serve(Path(sys.argv[1]).absolute())
