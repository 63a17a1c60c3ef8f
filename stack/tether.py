"""Start a program that dies with its parent: `python tether.py PARENT_PID PROGRAM [ARGUMENT…]`.

The kernel is asked to kill this process when its parent dies, and the process then becomes PROGRAM, which
keeps both the process id and the request. Everything in the stack survives kill -9 by design, so SIGKILL is
the one signal that cannot be held up by a program that hangs.

Run by path with `python -I -S`: nothing but the standard library is loaded, which keeps a start under 20 ms.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1  # linux/prctl.h


def die_with_parent(parent: int) -> None:
    """Ask the kernel to kill this process when `parent` dies; exit at once if it already has.

    Outside Linux there is no such request and the call does nothing: the supervisor's own stop is all there
    is.
    """
    if not sys.platform.startswith("linux"):
        return
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG) was refused")
    if os.getppid() != parent:
        # The parent died between our fork and the request, so nobody will send the signal any more.
        os._exit(1)


def main() -> None:
    """Tie this process to its parent and become the program named on the command line."""
    parent, program = int(sys.argv[1]), sys.argv[2:]
    die_with_parent(parent)
    os.execvp(program[0], program)  # noqa: S606 - becoming the program is the point


if __name__ == "__main__":
    main()
