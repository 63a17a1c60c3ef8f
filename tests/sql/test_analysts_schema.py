"""What an analyst finds in the schema: words for every column, types that tools load, one row an event."""

import json
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from clickhouse_connect.driver.client import Client
from hypothesis import given
from hypothesis import strategies as st

from archive_feed import DAY, HOUR, MINUTE, NOON, Case, play
from golden import Golden
from real_servers import TestClickHouse, TestRedis
from sql.migrate import apply, migrate, migrations
from stack.servers.analyst import READABLE
from streakline.ingest.events import Event
from streakline.ingest.rules import properties_of

# What JSON, JavaScript, Parquet and pandas hold without loss or a look at the documentation.
PLAIN = {"String", "Date", "Bool", "Int64", "Int32", "UInt16", "UInt32", "Float64", "DateTime64(3, 'UTC')"}


@pytest.fixture
def analyst(clickhouse_server: TestClickHouse) -> Iterator[Client]:
    migrate(clickhouse_server.url)
    client = clickhouse_server.analyst()
    yield client
    client.close()


@pytest.fixture
def case(redis_server: TestRedis, clickhouse_server: TestClickHouse) -> Iterator[Case]:
    case = Case(redis_server, clickhouse_server)
    case.feed.tick(NOON)
    yield case
    case.clickhouse.close()


def test_every_table_and_column_has_its_words(clickhouse_server: TestClickHouse, analyst: Client) -> None:
    with clickhouse_server.client() as writer:
        silent = writer.query(
            "select name from system.tables where database = currentDatabase() and comment = ''"
        )
        assert silent.result_rows == []
        silent = writer.query(
            "select table, name from system.columns where database = currentDatabase() and comment = ''"
        )
        assert silent.result_rows == []
    words = dict(
        analyst.query("select name, comment from system.tables where database = 'streakline'").result_rows
    )
    assert set(words) == set(READABLE)
    assert not any(text.startswith("Internal") for text in words.values())


def test_every_view_is_read_with_the_rights_of_its_maker(
    clickhouse_server: TestClickHouse, analyst: Client
) -> None:
    with clickhouse_server.client() as writer:
        shown = {name: writer.command(f"show create table {name}") for name in READABLE if name != "events"}
    assert [name for name, text in shown.items() if "SQL SECURITY DEFINER" not in text] == []


def test_what_analysts_read_has_types_that_tools_load(analyst: Client) -> None:
    rows = analyst.query(
        "select table, name, type from system.columns where database = 'streakline' and table != 'events'"
    ).result_rows
    inner = {
        (table, name): kind.removeprefix("LowCardinality(").removeprefix("Nullable(").rstrip(")")
        for table, name, kind in rows
    }
    plain = {kind.rstrip(")") for kind in PLAIN}
    assert {place: kind for place, kind in inner.items() if kind not in plain} == {}


def test_an_upgraded_folder_gets_what_a_new_one_has(clickhouse_server: TestClickHouse) -> None:
    clickhouse_server.recreate_database()
    with clickhouse_server.client() as writer:
        apply(writer, migrations()[:23])
        writer.command("insert into facts values ('creator', 'kim', 'name', 'Kim', 1)")
        apply(writer, migrations())
    with clickhouse_server.analyst() as analyst:
        assert analyst.query("select * from creators").result_rows == [("kim", "Kim")]
        assert analyst.command("select comment from system.tables where name = 'creators'") != ""
        assert {row[0] for row in analyst.query("show tables").result_rows} == set(READABLE)


def test_a_play_that_was_reported_again_counts_once(case: Case, analyst: Client) -> None:
    for seconds in (40, 80, 150):
        case.feed.send(NOON + seconds * 1000, play("song", NOON, "p", seconds))
        case.settle()
    assert case.rows("select count(), sum(duration) from events")[0][0] > 1, "parts have merged already"
    for query in (
        "select count(), sum(duration) from events",
        "select count(), toUInt64(sum(duration) * 1000) from event_log",
        "select count(), sum(duration) * 1000 from play_events",
    ):
        assert analyst.query(query).result_rows == [(1, 150_000)]


def test_the_event_log_has_null_for_what_is_unknown(case: Case, analyst: Client, golden: Golden) -> None:
    case.feed.send(
        NOON + MINUTE,
        play("song", NOON, "known", 61.5, contentDuration=200, position=70.5, userId="ann", tz="Asia/Kathmandu",
             source="Playlist", platform="ios", properties={"autoPlay": True, "content_id": "x"}),
        play("song", NOON, "unknown", None),
        play("song", NOON, "robot", bot=True),
        {"id": "f", "type": "follow", "timestamp": NOON, "creatorId": "kim"},
        {"id": "s", "type": "share", "contentId": "song", "timestamp": NOON, "platform": "a wall"},
    )  # fmt: skip
    case.settle()
    settings = {"output_format_json_quote_64bit_integers": 0}
    rows = analyst.raw_query("select * from event_log order by all", fmt="JSONEachRow", settings=settings)
    golden("views/event_log.jsonl", "".join(f"{json.dumps(json.loads(row))}\n" for row in rows.splitlines()))


SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**80), 2**80),
    st.text(max_size=8),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from(['"', "\\", '\\"', ',"content_id":1', '","content_id":"', "}", "a,b"]),
)
NAMES = st.one_of(
    st.sampled_from(
        ["content_id", "mashup_id", "a", 'x,"content_id', "content_id\\", '"content_id"', ',"mashup_id":']
    ),
    st.text(max_size=6),
)


@given(
    properties=st.dictionaries(NAMES, SCALARS, max_size=6),
    kind=st.sampled_from(["mashup", "track"]),
    content=NAMES,
)
def test_properties_have_each_key_once(
    clickhouse_process: TestClickHouse, properties: dict, kind: str, content: str
) -> None:
    stored = properties_of(Event(id="e", type="play", timestamp=0, properties=properties))
    with clickhouse_process.client() as writer:
        migrate(clickhouse_process.url)
        writer.command("truncate table events")
        writer.insert(
            "events",
            [["e", content, kind, 1, stored]],
            column_names=["id", "contentId", "contentType", "kind", "properties"],
        )
    with clickhouse_process.analyst() as analyst:
        ((text, cast),) = analyst.query(
            "select properties, toString(properties::JSON) from analytics_events"
        ).result_rows
    pairs = json.loads(text, object_pairs_hook=list)
    own = {("mashup_id" if kind == "mashup" else "content_id"): content} if content else {}
    assert dict(pairs) == {**properties, **own}
    assert len(dict(pairs)) == len(pairs)
    assert cast


@pytest.mark.parametrize("zone", ["UTC", "Asia/Kathmandu", "America/St_Johns", "Pacific/Chatham"])
def test_days_of_a_zone_have_the_columns_and_numbers_of_daily_stats(
    case: Case, analyst: Client, zone: str
) -> None:
    plays = [
        play("x", NOON - 8 * DAY + n * 47 * MINUTE, f"n{n}", n % 60, sessionId=f"s{n % 7}")
        for n in range(200)
    ]
    case.feed.send(NOON + MINUTE, *plays)
    case.settle()
    case.feed.tick(NOON + 14 * HOUR)
    case.settle()
    zoned = [name for name, *_ in analyst.query("describe table zone_daily_stats").result_rows]
    daily = [name for name, *_ in analyst.query("describe table daily_stats").result_rows]
    assert zoned == [*daily, "zone"]
    rows = analyst.query(
        "select * except (id, createdAt) from zone_daily_stats order by date",
        settings={"session_timezone": zone},
    ).result_rows
    assert {row[-1] for row in rows} == {zone}
    raw = analyst.query(
        "select trackId, toDate(timestamp, {zone:String}) as day, toInt64(countIf(not skipped)),"
        " uniqExactIf(sessionId, not skipped) from play_events group by trackId, day order by day",
        {"zone": zone},
    ).result_rows
    assert [row[:4] for row in rows] == raw
    if zone == "UTC":
        query = "select * except (id, createdAt) from daily_stats order by date"
        assert [row[:-1] for row in rows] == analyst.query(query).result_rows


def test_a_zone_reads_only_the_days_that_were_asked_for(
    analyst: Client, clickhouse_server: TestClickHouse
) -> None:
    first = date(2020, 1, 1)
    with clickhouse_server.client() as writer:
        writer.command(
            "insert into rollup (grain, at, contentId, version, events, plays)"
            " select 'quarter', toDateTime('2019-12-31 00:00:00', 'UTC') + number * 900, 'x', 1, 1, 1"
            " from numbers(100000)"
        )
    days = "date between {first:Date} and {last:Date}"
    query = f"select date, totalPlays from zone_daily_stats where {days} order by date"
    asked = {"first": first, "last": first + timedelta(9)}
    answer = analyst.query(query, asked, settings={"session_timezone": "Asia/Kathmandu"})
    assert answer.result_rows == [(first + timedelta(n), 96) for n in range(10)]
    assert int(answer.summary["read_rows"]) < 20_000


def test_an_unknown_zone_is_refused_by_name(analyst: Client) -> None:
    with pytest.raises(Exception, match="Mars/Olympus"):
        analyst.query("select * from zone_daily_stats settings session_timezone = 'Mars/Olympus'")
