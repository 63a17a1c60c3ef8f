"""What is made at the first start and never changes: the seed of every hash, shards of contents, parts of persons."""

from collections.abc import Iterator

import pytest
from clickhouse_connect.driver.exceptions import DatabaseError

from real_servers import TestClickHouse, TestRedis
from stack.prepare import OtherInstallation, fixed_numbers, prepare
from streakline.settings import Settings
from streakline.streams import keys
from streakline.streams.partitions import OtherPartitions


def settings(
    redis_server: TestRedis,
    clickhouse_server: TestClickHouse,
    shards: int | None = 4,
    parts: int | None = None,
) -> Settings:
    return Settings(
        redis_url=redis_server.url,
        clickhouse_url=clickhouse_server.url,
        shards=shards,
        parts=parts,
        secret="x" * 32,
    )


@pytest.fixture(autouse=True)
def no_installation_is_left(clickhouse_server: TestClickHouse) -> Iterator[None]:
    """Its table is of no migration: the test of the whole schema would see it."""
    yield
    with clickhouse_server.client() as client:
        client.command("drop table if exists installation sync")


def test_a_lost_redis_gets_its_seed_back_from_clickhouse(
    redis_server: TestRedis, clickhouse_server: TestClickHouse
) -> None:
    prepare(settings(redis_server, clickhouse_server))
    with redis_server.client() as client:
        seed = client.get(keys.SEED)
        client.flushall()
        prepare(settings(redis_server, clickhouse_server))
        assert client.get(keys.SEED) == seed
        assert client.get(keys.SHARDS) == b"4"


def test_the_seed_is_described_and_hidden_from_analysts(
    redis_server: TestRedis, clickhouse_server: TestClickHouse
) -> None:
    with clickhouse_server.client() as writer:
        writer.command(
            "create table installation (name LowCardinality(String), value String, at DateTime('UTC') default now())"
            " engine = ReplacingMergeTree(at) order by name"
        )
    prepare(settings(redis_server, clickhouse_server))
    with clickhouse_server.client() as writer:
        words = (
            "select comment from system.columns where database = currentDatabase() and table = 'installation'"
        )
        assert all(text for (text,) in writer.query(words).result_rows)
    with clickhouse_server.analyst() as analyst:
        assert "installation" not in {name for (name,) in analyst.query("show tables").result_rows}
        with pytest.raises(DatabaseError, match="ACCESS_DENIED"):
            analyst.query("select value from installation")


def test_servers_of_two_installations_are_refused(
    redis_server: TestRedis, clickhouse_server: TestClickHouse
) -> None:
    prepare(settings(redis_server, clickhouse_server))
    with redis_server.client() as client:
        client.set(keys.SEED, 1)
    with pytest.raises(OtherInstallation, match="seed is 1 in Redis and"):
        prepare(settings(redis_server, clickhouse_server))


def test_another_number_of_shards_is_refused(
    redis_server: TestRedis, clickhouse_server: TestClickHouse
) -> None:
    prepare(settings(redis_server, clickhouse_server))
    with pytest.raises(
        OtherPartitions, match="has 4 shards, fixed at its first start, and STREAKLINE_SHARDS is 8"
    ):
        prepare(settings(redis_server, clickhouse_server, shards=8))


def test_a_lost_redis_gets_both_numbers_back_from_clickhouse(
    redis_server: TestRedis, clickhouse_server: TestClickHouse
) -> None:
    prepare(settings(redis_server, clickhouse_server, shards=8, parts=3))
    with redis_server.client() as client:
        client.flushall()
        prepare(settings(redis_server, clickhouse_server, shards=None))
        assert [client.get(keys.SHARDS), client.get(keys.PARTS)] == [b"8", b"3"]
        client.flushall()
        with pytest.raises(
            OtherPartitions, match="has 3 parts, fixed at its first start, and STREAKLINE_PARTS is 4"
        ):
            prepare(settings(redis_server, clickhouse_server, shards=None, parts=4))


@pytest.mark.parametrize("redis_is_lost", [False, True])
def test_an_installation_of_when_both_were_one_number_has_as_many_parts_as_shards(
    redis_server: TestRedis, clickhouse_server: TestClickHouse, *, redis_is_lost: bool
) -> None:
    prepare(settings(redis_server, clickhouse_server, shards=8))
    with redis_server.client() as client, clickhouse_server.client() as writer:
        writer.command("alter table installation delete where name = 'parts' settings mutations_sync = 1")
        client.flushall() if redis_is_lost else client.delete(keys.PARTS)
        prepare(settings(redis_server, clickhouse_server, shards=None))
        assert [client.get(keys.SHARDS), client.get(keys.PARTS)] == [b"8", b"8"]
        rows = writer.query("select name, value from installation final where name != 'seed'").result_rows
        assert dict(rows) == {"shards": "8", "parts": "8"}


def test_the_seed_is_64_bits_of_chance(redis_server: TestRedis) -> None:
    seeds = set[int]()
    with redis_server.client() as client:
        for _ in range(8):
            client.flushall()
            seeds.add(int(fixed_numbers(client, {})["seed"]))
    assert len(seeds) == 8
    assert max(seeds) < 1 << 64
    assert max(seeds) > 1 << 56
