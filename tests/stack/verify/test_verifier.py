import time
from collections.abc import Iterator

import msgspec
import pytest
from click.testing import CliRunner

from archive_feed import HOUR, MINUTE, NOON, SHARD, Case, play
from real_servers import TestClickHouse, TestRedis
from stack.cli import streakline
from stack.verify.comparison import Check
from stack.verify.verifier import NotApplied, Verifier
from streakline.counting.live_view import live
from streakline.measures import pack_counts, unpack_counts
from streakline.streams import keys


@pytest.fixture
def case(redis_server: TestRedis, clickhouse_server: TestClickHouse) -> Iterator[Case]:
    """A shard with an open quarter hour, closed ones over two days, a late play, a robot and a share."""
    case = Case(redis_server, clickhouse_server)
    case.redis.set(keys.SHARDS, 1)
    case.feed.send(
        NOON + 1000, play("a", NOON, "p1", source="radio"), play("a", NOON, "p2", userId="u", country="DE")
    )
    case.feed.send(NOON + 2000, play("b", NOON, "p3", 5, userId="u"), play("b", NOON, "p4", bot=True))
    share = {"id": "s1", "type": "share", "contentId": "a", "timestamp": NOON, "platform": "x"}
    case.feed.send(NOON + 3000, share, {"id": "l1", "type": "like", "contentId": "b", "timestamp": NOON})
    case.feed.send(NOON + MINUTE, play("c", NOON - 30 * 24 * HOUR, "p5", title="Sea", userId="v"))
    case.settle()
    case.close_all(NOON + 13 * HOUR)
    case.feed.send(NOON + 13 * HOUR, play("a", NOON + 13 * HOUR, "p6", source="radio"))
    case.settle()
    case.redis.hset(keys.progress(SHARD), "content", case.progress()["archive"])
    case.redis.hset(keys.STATE, f"content:{SHARD}", msgspec.msgpack.encode(live(case.feed.tracker, [])))
    yield case
    case.clickhouse.close()


def checks(case: Case) -> dict[str, Check]:
    verifier = Verifier(case.redis, case.clickhouse, 1)
    position = verifier.fixed()
    verifier.wait(position, 1)
    return {check.name: check for check in verifier.checks(position, 1)}


def test_everything_agrees(case: Case) -> None:
    found = checks(case)
    assert {name: (check.compared, check.differing) for name, check in found.items()} == {
        "quarter hours": (3, 0),
        "days": (3, 0),
        "site": (4, 0),
        "drop-off": (3, 0),
        "people": (3, 0),
        "lifetime": (4, 0),
        "plays of the search": (3, 0),
        "names of the search": (4, 0),
        "personal events": (0, 0),
        "ids of persons": (2, 0),
        "observations": (0, 0),
        "open buckets": (1, 0),
        "provisional rows": (1, 0),
        "live minutes": (1, 0),
    }


@pytest.mark.parametrize(
    ("grain", "name", "also"),
    [
        ("quarter", "quarter hours", {"quarter hours", "days", "site", "lifetime", "plays of the search"}),
        ("day", "days", {"days", "site"}),
    ],
)
def test_a_tampered_row_is_named(case: Case, grain: str, name: str, also: set[str]) -> None:
    case.clickhouse.command(
        "insert into rollup select * replace (version + 1 as version, plays + 1 as plays,"
        " mapUpdate(by_source, map('radio', toUInt64(7))) as by_source) from rollup final"
        " where grain = {grain:String} and contentId = 'a' order by at limit 1",
        {"grain": grain},
    )
    found = checks(case)
    assert {each.name for each in found.values() if each.differing} == also
    assert found[name].differing == 1
    assert " a: plays -1, by_source=radio -6" in found[name].named[0]


def test_a_sum_of_the_site_that_was_tampered_with_or_lost_is_named(case: Case) -> None:
    case.clickhouse.command(
        "insert into site_counts select * replace (version + 1 as version, plays + 2 as plays) from site_counts final"
        " where grain = 'quarter' order by at limit 1"
    )
    case.clickhouse.command("delete from site_counts where grain = 'day'")
    found = checks(case)
    assert [check.name for check in found.values() if check.differing] == ["site"]
    assert any("whole quarter: plays -2" in named for named in found["site"].named)
    assert any("whole day: " in named for named in found["site"].named)


def test_a_row_of_the_drop_off_that_was_tampered_with_or_lost_is_named(case: Case) -> None:
    case.clickhouse.command(
        "insert into content_stops select * replace (version + 1 as version, known + 2 as known)"
        " from content_stops final where contentId = 'a' order by at limit 1"
    )
    case.clickhouse.command("delete from content_stops where contentId = 'b'")
    found = checks(case)
    assert [check.name for check in found.values() if check.differing] == ["drop-off"]
    assert found["drop-off"].differing == 2


def test_a_row_of_a_person_that_was_tampered_with_or_lost_in_one_of_its_orders_is_named(case: Case) -> None:
    case.clickhouse.command(
        "insert into person_quarters select * replace (version + 1 as version, time_ms + 2 as time_ms)"
        " from person_quarters final where contentId = 'a' order by at limit 1"
    )
    case.clickhouse.command("delete from person_history where contentId = 'b'")
    found = checks(case)
    assert [check.name for check in found.values() if check.differing] == ["people"]
    assert found["people"].differing == 2


def test_a_missing_raw_row_is_named(case: Case) -> None:
    case.clickhouse.command("delete from events where id = 'p1'")
    found = checks(case)
    assert found["quarter hours"].differing == 1
    assert "plays -1" in found["quarter hours"].named[0]


def test_wrong_uniques_are_named(case: Case) -> None:
    case.clickhouse.command(
        "insert into rollup select * replace (version + 1 as version,"
        " arrayReduce('uniqCombined64State', range(toUInt64(50))) as listeners) from rollup final"
        " where grain = 'quarter' and contentId = 'a' and at = toDateTime({at:UInt32}, 'UTC')",
        {"at": NOON // 1000},
    )
    found = checks(case)
    assert "uniques [2, 1, 1] against [50, 1, 1]" in found["quarter hours"].named[0]


def test_a_tampered_base_and_a_tampered_open_bucket_are_named(case: Case) -> None:
    measures, cells, ctype = unpack_counts(case.redis.hget(keys.base(SHARD), "c:b"))
    case.redis.hset(keys.base(SHARD), "c:b", pack_counts([measures[0] + 2, *measures[1:]], cells, ctype))
    bucket = keys.open_bucket(SHARD, NOON + 13 * HOUR)
    case.redis.hdel(bucket, "a")
    found = checks(case)
    assert found["lifetime"].named == ("b: events -2",)
    assert "a: events +1, starts +1, plays +1" in found["open buckets"].named[0]


def test_a_tampered_provisional_row_is_named(case: Case) -> None:
    case.clickhouse.command(
        "insert into rollup select * replace (version + 1 as version, likes + 3 as likes) from rollup final"
        " where version < pow(2, 63)"
    )
    found = checks(case)
    assert [check.name for check in found.values() if check.differing] == ["provisional rows"]
    assert found["provisional rows"].named[0].endswith(" a: likes -3")


def test_what_is_not_applied_is_waited_for_and_then_named(case: Case) -> None:
    case.feed.send(NOON + 14 * HOUR, play("a", NOON + 14 * HOUR, "p7"))
    verifier = Verifier(case.redis, case.clickhouse, 1)
    with pytest.raises(NotApplied, match=r"raw of shard 0 is at .*, wanted"):
        verifier.wait(verifier.fixed(), 0)


def test_the_command_exits_with_one_where_a_number_differs(
    case: Case, clickhouse_server: TestClickHouse
) -> None:
    environment = {"REDIS_URL": case.redis_server.url, "CLICKHOUSE_URL": clickhouse_server.url}
    good = CliRunner().invoke(streakline, ["verify"], env=environment)
    assert good.exit_code == 0, good.output
    assert "0 differences" in good.output
    case.clickhouse.command("delete from events where id = 'p1'")
    bad = CliRunner().invoke(streakline, ["verify"], env=environment)
    assert bad.exit_code == 1
    assert "differs: quarter hours, shard 0" in bad.output


NAMES = "insert into content_names select contentId, fact, {} from content_names where fact = 'title'"
SEARCH = {
    "plays of the search": {
        "insert into content_plays values ('a', 99)": ("a: 99 plays instead of 2",),
        "delete from content_plays where contentId = 'c'": ("c: no row instead of 1",),
        "insert into content_plays values ('d', 5)": ("d: 5 plays instead of no row",),
    },
    "names of the search": {
        NAMES.format("'Lake', folded, version + 1"): (
            "title of c: 'Lake' (as 'sea\\nc', ",
            " instead of 'Sea' (as",
        ),
        "insert into content_names values ('d', 'title', 'Who', 'who', 7)": (
            "title of d: 'Who' (as 'who', 7) instead of no row",
        ),
        "delete from content_names where fact = 'type' and contentId = 'c'": (
            "type of c: no row instead of '' (as '\\nc', ",
        ),
    },
    "names of the search, once more": {
        NAMES.format("title, 'lake', version"): (
            "title of c: 'Sea' (as 'lake', ",
            " instead of 'Sea' (as 'sea\\nc'",
        ),
    },
}


@pytest.mark.parametrize("about", SEARCH)
def test_what_a_search_reads_is_compared_and_mended_by_a_recount(case: Case, about: str) -> None:
    for statement in SEARCH[about]:
        case.clickhouse.command(statement)
    (differing,) = [check for check in checks(case).values() if check.differing]
    assert differing.name == about.partition(",")[0]
    assert differing.differing == len(SEARCH[about])
    for words in SEARCH[about].values():
        assert any(all(part in named for part in words) for named in differing.named), differing.named
    recounted(case)
    assert [check.named for check in checks(case).values() if check.differing] == []


def recounted(case: Case) -> None:
    """Have everything counted again, as `streakline recount` asks for it."""
    environment = {"REDIS_URL": case.redis_server.url}
    asked = CliRunner().invoke(streakline, ["recount", "--no-wait"], env=environment)
    assert asked.exit_code == 0, asked.output
    case.feed.tick(int(time.time() * 1000) + 1000)
    case.settle()
    while case.progress()["archive:mark"]:
        case.archive.run()
    case.redis.hset(keys.progress(SHARD), "content", case.progress()["archive"])


def test_recount_repairs_what_verify_found(case: Case, clickhouse_server: TestClickHouse) -> None:
    case.clickhouse.command("delete from events where id = 'p1'")
    recounted(case)
    found = checks(case)
    assert [check.name for check in found.values() if check.differing] == []


def test_the_sql_command_reads_as_the_analyst_and_cannot_write(
    case: Case, clickhouse_server: TestClickHouse
) -> None:
    environment = {"CLICKHOUSE_ANALYST_URL": clickhouse_server.analyst_url}
    query = "select trackId, sum(totalPlays) from daily_stats group by 1 order by 1"
    shown = CliRunner().invoke(streakline, ["sql", query, "--format", "TSV"], env=environment)
    assert shown.output.splitlines()[1:] == ["a\t3", "b\t0", "c\t1"]
    refused = CliRunner().invoke(streakline, ["sql", "truncate table events"], env=environment)
    assert refused.exit_code == 1
    assert "ACCESS_DENIED" in refused.output or "readonly" in refused.output.lower()


def test_the_migrate_command_says_what_it_did(case: Case, clickhouse_server: TestClickHouse) -> None:
    environment = {"CLICKHOUSE_URL": clickhouse_server.url}
    assert "up to date" in CliRunner().invoke(streakline, ["migrate"], env=environment).output
    assert CliRunner().invoke(streakline, ["migrate", "--check"], env=environment).exit_code == 0
