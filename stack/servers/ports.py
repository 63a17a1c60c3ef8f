"""Free ports on loopback for the inner parts, and the check of the one port that people see."""

import errno
import random
import socket
from contextlib import closing
from pathlib import Path
from typing import Any

LOOPBACK = "127.0.0.1"

# Ports that the kernel hands to outgoing connections; a server that is restarted could find its own taken by
# one.
_EPHEMERAL = Path("/proc/sys/net/ipv4/ip_local_port_range")
_LOWEST = 15_000


def _ephemeral_start() -> int:
    """Return the first port of the kernel's range for outgoing connections."""
    try:
        return int(_EPHEMERAL.read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return 32_768


def is_free(port: int, host: str = LOOPBACK) -> bool:
    """Tell whether `port` can be bound on `host` right now; a port in TIME_WAIT counts as free."""
    family, *_, address = resolved(host, port)
    with closing(socket.socket(family, socket.SOCK_STREAM)) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except OSError as error:
            if error.errno in {errno.EADDRINUSE, errno.EACCES}:
                return False
            raise
    return True


def resolved(host: str, port: int = 0) -> tuple[Any, ...]:
    """Return the first address that a host stands for, as `getaddrinfo` gives it.

    Raises:
        OSError: it stands for none.
    """
    return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]


def reached(host: str) -> str:
    """Return the address by which this machine reaches what listens on `host`: all addresses are none to ask."""
    return {"0.0.0.0": LOOPBACK, "": LOOPBACK, "::": "::1"}.get(host, host)  # noqa: S104


def free_port() -> int:
    """Return a loopback port that nobody listens on, outside the range of outgoing connections if possible.

    A part that dies is started again on the same port, so the port must not be lent to a client meanwhile.
    """
    highest = _ephemeral_start()
    if highest - _LOWEST >= 1_000:
        for _ in range(100):
            port = random.SystemRandom().randrange(_LOWEST, highest)
            if is_free(port):
                return port
    with closing(socket.socket(socket.AF_INET, socket.SOCK_STREAM)) as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])
