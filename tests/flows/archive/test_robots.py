"""Robots called and un-called: which flagged events count, at once in what is closed, at its close in what is open."""

import pytest

from archive_feed import HOUR, NOON, Archive, Case, play
from flows.archive.control import robots
from real_servers import TestClickHouse, TestRedis
from streakline.ingest.robots import RobotRule, control_of
from streakline.streams import keys, progress
from streakline.times import QUARTER_MS, enc

SENDER = RobotRule(reason="sender")
HOSTILE = "a'b\\c\n%_\t\"{x:String}]"
QUARTER = NOON // 1000


@pytest.fixture
def case(redis_server: TestRedis, clickhouse_server: TestClickHouse) -> Case:
    return Case(redis_server, clickhouse_server)


def plays(case: Case) -> dict[str, int]:
    return {content: n for content, _, n, _ in case.counts("quarter")}


def robot(content: str, identity: str, **more: object) -> dict[str, object]:
    return play(content, NOON, identity, bot=True, **more)


def decided(case: Case, at: int, *in_force: RobotRule, changed: RobotRule = SENDER) -> str:
    entry = case.feed.control(at, **control_of(in_force, [changed]))
    case.settle()
    return entry


def test_an_uncalled_robot_counts_in_quarter_day_and_base_and_called_again_it_does_not(case: Case) -> None:
    case.feed.send(NOON + 1000, robot("a", "p1", title="Song"), robot("b", "p2"), play("a", NOON, "p3"))
    case.settle()
    case.close_all(NOON + 13 * HOUR)
    assert plays(case) == {"a": 1, "b": 0}
    entry = decided(case, NOON + 14 * HOUR, SENDER)

    assert plays(case) == {"a": 2, "b": 1}
    assert [row[2] for row in case.counts("day")] == [2, 1]
    assert (case.base(), case.base("c:a"), case.base("c:b")) == (3, 2, 1)
    assert case.rows("select countIf(bot), countIf(botReason = 'sender') from events final") == [(0, 2)]
    assert case.rows("select title from content where contentId = 'a'") == [("Song",)]
    assert (case.progress()["archive"], case.progress()["archive:mark"]) == (entry, "")

    decided(case, NOON + 15 * HOUR)
    assert plays(case) == {"a": 1, "b": 0}
    assert (case.base(), case.base("c:a"), case.base("c:b")) == (1, 1, 0)
    assert case.rows("select countIf(bot) from events final") == [(2,)]


def test_conditions_match_reason_part_of_the_agent_and_source_as_texts(case: Case) -> None:
    case.feed.send(
        NOON + 1000,
        robot("agent", "p1", userAgent=f"x{HOSTILE}y"),
        robot("source", "p2", source=HOSTILE),
        robot("both", "p3", source=HOSTILE, userAgent=HOSTILE),
        robot("none", "p4", userAgent="A'B", source="a'b"),
    )
    case.close_all(NOON + 2 * HOUR)
    by_agent, by_both = RobotRule(agent=HOSTILE), RobotRule(agent=HOSTILE, source=HOSTILE)
    decided(case, NOON + 3 * HOUR, by_agent, changed=by_agent)
    assert plays(case) == {"agent": 1, "source": 0, "both": 1, "none": 0}
    decided(case, NOON + 4 * HOUR, by_both, changed=by_agent)
    assert plays(case) == {"agent": 0, "source": 0, "both": 1, "none": 0}
    other = RobotRule("seo")
    decided(case, NOON + 5 * HOUR, other, changed=other)
    assert plays(case) == {"agent": 0, "source": 0, "both": 1, "none": 0}


def test_what_two_rules_match_is_called_again_only_when_neither_is_in_force(case: Case) -> None:
    case.feed.send(NOON + 1000, robot("a", "p1", source="feed"))
    case.close_all(NOON + 2 * HOUR)
    other = RobotRule(source="feed")
    decided(case, NOON + 3 * HOUR, SENDER, other)
    decided(case, NOON + 4 * HOUR, other)
    assert plays(case) == {"a": 1}
    decided(case, NOON + 5 * HOUR, changed=other)
    assert plays(case) == {"a": 0}


def test_an_open_quarter_hour_is_right_at_its_close_and_said_to_be_off_until_then(case: Case) -> None:
    case.feed.send(NOON + 1000, robot("a", "p1"), play("a", NOON, "p2"))
    case.settle()
    decided(case, NOON + 2000, SENDER)
    assert plays(case) == {"a": 1}
    assert case.progress()[progress.ARCHIVE_OFF] == str(NOON)
    assert case.progress()["archive:mark"] == ""
    case.close_all(NOON + QUARTER_MS + HOUR)
    assert plays(case) == {"a": 2}
    assert "archive:differences" not in case.progress()


def test_what_comes_after_the_entry_is_left_as_it_was_stamped(case: Case) -> None:
    case.feed.send(NOON + 1000, robot("a", "p1"))
    case.close_all(NOON + 2 * HOUR)
    case.feed.control(NOON + 3 * HOUR, **control_of([SENDER], [SENDER]))
    case.feed.send(NOON + 4 * HOUR, robot("a", "p2"))
    case.settle()
    case.archive.run()
    assert plays(case) == {"a": 1}
    assert case.rows("select id from events final where bot") == [("p2",)]


@pytest.mark.parametrize("died", ["before", "after"])
def test_archive_that_dies_amid_the_change_of_rows_counts_all_of_it_again(
    case: Case, monkeypatch: pytest.MonkeyPatch, died: str
) -> None:
    case.feed.send(NOON + 1000, robot("a", "p1"))
    case.close_all(NOON + 2 * HOUR)
    before = case.archive.reader.snapshot()
    decide = robots.decide

    def dies(*arguments: object) -> None:
        if died == "after":
            decide(*arguments)  # type: ignore[arg-type]
        raise KeyboardInterrupt

    monkeypatch.setattr(robots, "decide", dies)
    entry = case.feed.control(NOON + 3 * HOUR, **control_of([SENDER], [SENDER]))
    case.feed.count()
    with pytest.raises(KeyboardInterrupt):
        case.archive.run()
    assert enc(case.progress()["archive"]) < enc(entry)
    monkeypatch.undo()

    case.archive = Archive(case.redis_server.url, case.redis, case.clickhouse, position=before)
    case.archive.now = 1e6
    case.archive.shard.settle(1e6)  # the marks are recounted before the entry is read again
    case.archive.run()
    assert plays(case) == {"a": 1}
    assert case.base() == 1


def test_very_many_keys_are_marked_as_a_range(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("control.entries", "control.robots"):
        monkeypatch.setattr(f"flows.archive.{module}.MANY_MARKS", 2)
    case.feed.send(NOON + 1000, *(robot(content, content) for content in "abc"))
    case.close_all(NOON + 2 * HOUR)
    case.feed.control(NOON + 3 * HOUR, **control_of([SENDER], [SENDER]))
    case.feed.count()
    case.archive.run()
    case.archive.run()
    assert plays(case) == dict.fromkeys("abc", 1)
    assert case.redis.hkeys(keys.marks(0)) == []


@pytest.mark.parametrize(
    "facts", [{"rules": "[]"}, {"rules": "x", "changed": "[]"}, {"rules": "[]", "changed": 7}]
)
def test_an_entry_that_holds_no_rules_is_a_dead_letter(case: Case, facts: dict[str, str | int]) -> None:
    case.feed.control(NOON, kind="robots", **facts)
    case.settle()
    [(_, letter)] = case.redis.xrange(keys.DEAD)
    assert b"no list of rules" in letter[b"error"]
