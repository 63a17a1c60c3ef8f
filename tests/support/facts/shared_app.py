"""A history that answers every question about the app `chess`, and the creator and person `band`."""

from __future__ import annotations

from real_servers import TestClickHouse
from sql.migrate import migrate


def share_an_app(clickhouse_server: TestClickHouse) -> None:
    """Store two shares of the app, a play of it by the person, its title and the name of the creator."""
    migrate(clickhouse_server.url)
    with clickhouse_server.client() as writer:
        writer.command(
            "insert into rollup (grain, at, shard, contentId, version, shares, shares_by_platform)"
            " values ('quarter', '2026-01-01 00:00:00', 0, 'chess', 1, 2, map('whatsapp', 2))"
        )
        writer.command(
            "insert into events (ts, shard, contentId, id, version, kind, type, userId, offset, counted)"
            " values ('2026-01-01 00:00:00', 0, 'chess', 'p', 1, 1, 'play', 'band', 32767, true)"
        )
        writer.command("insert into facts values ('content', 'chess', 'title', 'Chess', 1)")
        writer.command("insert into facts values ('creator', 'band', 'name', 'The Band', 1)")
