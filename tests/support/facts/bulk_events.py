"""More events than all buffers between ClickHouse and a client hold."""

from __future__ import annotations

from clickhouse_connect.driver.client import Client

MANY = 200_000
"""Rows of `insert_many`, some 200 MB as JSONL."""


def insert_many(client: Client) -> None:
    """Insert MANY plays of a thousand contents."""
    client.command(
        "insert into events (ts, contentId, id, version, kind, type, userAgent, properties)"
        " select fromUnixTimestamp64Milli(toInt64(1700000000000 + number * 1000)), toString(number % 1000),"
        " toString(number), number, 1, 'play', repeat('x', 300),"
        " concat('{\"n\":\"', hex(sipHash128(number)), '\"}')"
        f" from numbers({MANY})"
    )
