"""`python -m stack.prepare`: make true what must hold before any flow or server starts, and end.

It brings the ClickHouse schema up to date, and makes the three numbers that can never change (the seed of every
hash, shards of the contents and parts of the persons) or checks that they are still those of this installation.
They are kept in Redis, where everybody reads them, and in ClickHouse, so that history outlives a lost Redis: hashes
in old rows stay comparable.

It is a process of its own because the client libraries it needs would otherwise stay in the supervisor's
memory.
"""

import os
import secrets
import sys

import redis
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import ClickHouseError

from sql.connection import connect, insert
from sql.migrate import EditedHistory, migrate
from sql.zones import editions
from stack.servers.redis_version import TooOld, Version, not_older
from streakline import zones
from streakline.settings import BadSetting, Settings
from streakline.streams import keys
from streakline.streams.partitions import OtherPartitions, Partitions, decided

_TABLE = """\
create table if not exists installation
(
    name  LowCardinality(String),
    value String,
    at    DateTime('UTC') default now()
)
engine = ReplacingMergeTree(at)
order by name
"""
# Apart, so that a table of an older version gets them too.
_WORDS = """\
alter table installation
    modify comment 'Internal: the numbers that never change.',
    comment column name 'seed, shards or parts.',
    comment column value 'Decimal number.',
    comment column at 'When it was made, UTC.'
"""

_KEYS = {"seed": keys.SEED, "shards": keys.SHARDS, "parts": keys.PARTS}


class OtherInstallation(Exception):
    """Redis and ClickHouse belong to different installations."""


def fixed_numbers(
    held: redis.Redis, kept: dict[str, str], wanted: tuple[int | None, int | None] = (None, None)
) -> dict[str, str]:
    """Return seed, number of shards and number of parts, making in Redis what is missing there.

    Args:
        held: Redis, which has the numbers unless this is the first start or it lost its data.
        kept: what ClickHouse remembers: name -> decimal number.
        wanted: shards and parts of the settings, as far as they are given.

    Raises:
        OtherInstallation: naming both numbers.
        OtherPartitions: if a number that is wanted is not the installation's.
    """
    if held.get(keys.SEED) is None:
        made = kept.get("seed") or str(secrets.randbits(64))
        held.set(keys.SEED, made, nx=True)
        if "seed" not in kept:  # nothing was ever accepted
            held.set(keys.PEOPLE_WHOLE, 1)
        if "seed" in kept:
            print("Redis has no seed; the one kept in ClickHouse is used again", flush=True)
    found = {name: value for name, key in _KEYS.items() if (value := held.get(key)) is not None}
    for name, value in found.items():
        if name in kept and kept[name] != _text(value):
            raise OtherInstallation(
                f"Redis and ClickHouse belong to different installations: {name} is {_text(value)} in Redis"
                f" and {kept[name]} in ClickHouse; point REDIS_URL and CLICKHOUSE_URL at a pair"
            )
    has = {**kept, **{name: _text(value) for name, value in found.items()}}
    shards, parts = (int(has[name]) if name in has else None for name in Partitions._fields)
    fixed = decided((shards, parts), wanted)
    with held.pipeline(transaction=True) as pipe:
        pipe.set(keys.SHARDS, fixed.shards, nx=True)
        pipe.set(keys.PARTS, fixed.parts, nx=True)
        pipe.execute()
    return {"seed": has["seed"], "shards": str(fixed.shards), "parts": str(fixed.parts)}


def _text(value: object) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


def _kept(client: Client) -> dict[str, str]:
    client.command(_TABLE)
    client.command(_WORDS)
    rows = client.query("select name, value from installation final").result_rows
    return {str(name): str(value) for name, value in rows}


def _new_enough(url: str) -> None:
    # Asked in the old protocol: the client's own greeting is one that the oldest would not understand.
    with redis.Redis.from_url(url, protocol=2) as held:
        not_older(Version.from_info(held.info("server")), "REDIS_URL")


def prepare(settings: Settings) -> None:
    """Migrate and check the installation; see the module.

    Raises:
        OtherInstallation: Redis and ClickHouse do not belong together.
        OtherPartitions: a number that is wanted is not the installation's.
        EditedHistory: a migration that ran was changed.
        TooOld: Redis is older than what is needed.
    """
    _new_enough(settings.redis_url)
    for name in migrate(settings.clickhouse_url):
        print(f"migrated {name}", flush=True)
    with connect(settings.clickhouse_url) as client, redis.Redis.from_url(settings.redis_url) as held:
        kept = _kept(client)
        found = fixed_numbers(held, kept, (settings.shards, settings.parts))
        rows = [{"name": name, "value": value} for name, value in found.items() if name not in kept]
        if rows:
            insert(client, "installation", rows)
        found_zones = editions(client)
        held.set(keys.ZONES, zones.packed(found_zones))
        for warning in zones.warnings(found_zones):
            print(warning, flush=True)


_FAULTS = (
    OtherInstallation,
    OtherPartitions,
    EditedHistory,
    TooOld,
    BadSetting,
    redis.RedisError,
    ClickHouseError,
)


def main() -> int:
    """Prepare the servers of the environment; return the exit code."""
    zones.pin()
    try:
        settings = Settings.of(os.environ)
        if not settings.secret:
            raise BadSetting(
                "STREAKLINE_SECRET is empty, so nobody could sign in: set it to a long random text"
            )
        prepare(settings)
    except (
        OtherInstallation,
        OtherPartitions,
        EditedHistory,
        TooOld,
        BadSetting,
        redis.RedisError,
        ClickHouseError,
    ) as error:
        print(f"prepare: {error}", file=sys.stderr, flush=True)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
