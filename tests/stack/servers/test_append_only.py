"""Redis' file as different servers keep it: what an older one wrote is opened, nothing is passed over in silence."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from real_servers import TestRedis
from redis_programs import program_of
from stack.process import PartFailed
from stack.servers.append_only import PARTS, SINGLE, WrongFile, copy_out
from stack.servers.redis_program import VARIABLE

Start = Callable[[str], TestRedis]
NEWER = ("embedded", "debian")


@pytest.fixture
def start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Start servers by their name, one after the other, on the same folder."""
    running: list[TestRedis] = []

    def one(name: str) -> TestRedis:
        for before in running:
            before.kill()
        monkeypatch.setenv(VARIABLE, str(program_of(name)))
        running.append(TestRedis(tmp_path / "redis"))
        return running[-1]

    yield one
    for server in running:
        server.kill()


def fill(server: TestRedis) -> None:
    """Write what the product writes: streams that are trimmed, a raised id, hashes, strings that expire."""
    with server.client() as client:
        for number in range(500):
            client.xadd("stream", {"b": bytes(range(256)), "n": number})
        client.xtrim("stream", minid=client.xrange("stream", count=1)[0][0])
        client.xadd("raised", {"n": 1}, id="5-3")
        client.xtrim("raised", maxlen=0)
        client.execute_command("XSETID", "raised", "1900000000000-7")
        client.hset("hash", mapping={f"field-{n}": n for n in range(2000)})
        client.set("lock", "me", ex=3600)


def held(server: TestRedis) -> dict[str, Any]:
    """Return all that the server holds, with the last ids of its streams."""
    with server.client() as client:
        return {
            "stream": client.xrange("stream"),
            "last": client.xinfo_stream("stream")["last-generated-id"],
            "raised": client.xinfo_stream("raised")["last-generated-id"],
            "hash": client.hgetall("hash"),
            "lock": (client.get("lock"), 0 < client.ttl("lock") <= 3600),
        }


@pytest.mark.parametrize("rewritten", [False, True], ids=["as it was appended", "rewritten"])
@pytest.mark.parametrize("newer", NEWER)
def test_the_one_file_of_redis_6_is_opened_and_goes_on(start: Start, newer: str, *, rewritten: bool) -> None:
    old = start("redis 6.2")
    fill(old)
    if rewritten:
        with old.client() as client:
            client.bgrewriteaof()
            while client.info("persistence")["aof_rewrite_in_progress"]:
                pass
            client.xadd("stream", {"n": "after the rewrite"})
    known = held(old)
    assert (old.server.folder / SINGLE).is_file()
    new = start(newer)
    assert held(new) == known
    assert not (new.server.folder / SINGLE).exists()
    with new.client() as client:
        added = client.xadd("raised", {"n": 2})
        assert added > b"1900000000000-7"
    new.kill()
    new.start()
    with new.client() as client:
        assert client.xrange("raised")[-1][0] == added
    assert {**held(new), "raised": known["raised"]} == known


def test_what_was_cut_short_at_its_end_is_opened_up_to_there(start: Start) -> None:
    old = start("redis 6.2")
    fill(old)
    old.kill()
    single = old.server.folder / SINGLE
    single.write_bytes(single.read_bytes()[:-7])
    new = start("embedded")
    with new.client() as client:
        assert client.get("lock") is None  # the last that was written
        assert client.xlen("stream") == 500


def test_a_newer_folder_is_refused_to_an_older_server_which_would_begin_empty(start: Start) -> None:
    fill(start("embedded"))
    with pytest.raises(WrongFile, match=r"appendonlydir was written by .* which Redis 6\.2\.14 cannot read"):
        start("redis 6.2")
    assert held(start("embedded"))["hash"]


def test_a_folder_in_which_an_older_server_ran_after_a_newer_one_is_refused_with_both_files(
    start: Start, tmp_path: Path
) -> None:
    fill(start("redis 6.2"))
    single = tmp_path / "redis" / SINGLE
    kept = single.read_bytes()
    start("embedded")
    single.write_bytes(kept)
    with pytest.raises(WrongFile, match=r"appendonly\.aof and .*appendonlydir both hold entries"):
        start("embedded")
    single.unlink()
    assert held(start("embedded"))["hash"]


def test_an_empty_file_beside_the_folder_hides_nothing_and_is_no_fault(start: Start, tmp_path: Path) -> None:
    fill(start("embedded"))
    (tmp_path / "redis" / SINGLE).touch()
    assert held(start("embedded"))["hash"]


@pytest.mark.parametrize("name", ["embedded", "redis 6.2", "debian"])
def test_a_server_goes_back_to_a_copy_of_its_file_and_to_none(
    start: Start, tmp_path: Path, name: str
) -> None:
    server = start(name)
    with server.client() as client:
        client.set("a", 1)
        copy_out(server.server.folder, tmp_path / "copy")
        client.set("a", 2)
    server.go_back(tmp_path / "copy")
    with server.client() as client:
        assert client.get("a") == b"1"
    server.go_back(None)
    with server.client() as client:
        assert client.get("a") is None


def test_a_file_of_redis_7_4_is_opened_where_versions_are_compared_loosely(
    start: Start, tmp_path: Path
) -> None:
    # Its number alone keeps it out: docker-compose.yml, where such a server stood before, lets it in.
    server = start("debian")
    fill(server)
    known = held(server)
    with server.client() as client:
        client.bgrewriteaof()
        while client.info("persistence")["aof_rewrite_in_progress"]:
            pass
    server.kill()
    [base] = (tmp_path / "redis" / PARTS).glob("*.base.rdb")
    written = bytearray(base.read_bytes())
    assert written[:9] == b"REDIS0010"
    written[5:9], written[-8:] = b"0012", bytes(8)  # no checksum: the file is another
    base.write_bytes(written)
    with pytest.raises(PartFailed, match="Can't handle RDB format version 12"):
        start("embedded")
    config = tmp_path / "redis" / "redis.conf"
    server.server.prepare()
    config.write_text(f"{config.read_text()}rdb-version-check relaxed\n")
    server.process.part = server.server.part()
    server.start()
    assert held(server) == known
