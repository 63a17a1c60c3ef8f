"""An export that is imported into an empty product: the same events and counts there; imported again, nothing new."""

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from clickhouse_connect.driver.client import Client as ClickHouse

from real_servers import clickhouse_client
from running_stack import RunningStack
from stack.cli import streakline as command_line
from stack.imports import exported
from stack.imports.files import lines_of
from stack.run_file import RunFile
from streakline.measures import BREAKDOWNS, MEASURES
from streakline.times import DAY_MS, iso
from streakline_client.imports.rows import Imported, Unreadable

pytestmark = [pytest.mark.stack, pytest.mark.slow]

START = 1_041_379_200_000
"""2003-01-01: no other history of these tests is as old."""
FORMS = ("jsonl", "csv", "parquet")
EVENTS = 2_022
"""What the exports have."""
PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 Safari/604.1"
)
CRAWLER = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
ODD = ["plain", 'say "hello"', "a,b;c\td", "line\nbreak", "NULL", "\\N", "Ünïcødé 🎧", "{}", "0", "true"]


def events() -> Iterator[dict[str, Any]]:
    """Yield events of every kind that an export has, over ninety days, and titles of some contents."""
    draw = random.Random(10)
    for n in range(2_000):
        kind = draw.choices(
            ("play", "play_start", "heartbeat", "like", "save", "share", "download", "rate", "follow"),
            (50, 5, 5, 8, 5, 8, 5, 3, 3),
        )[0]
        event = {"id": f"e{n}", "type": kind, "timestamp": START + draw.randrange(90 * DAY_MS)}
        event["contentId"] = f"{ODD[n % len(ODD)]} {n % 37}" if n % 3 else f"c{n % 11}"
        event |= draw.choice(
            ({"userId": f"u{n % 29}"}, {"anonymousId": f"a{n % 7}"}, {"sessionId": f"s{n % 53}"})
        )
        event |= {"source": draw.choice(("radio", "feed", None)), "country": draw.choice(("DE", "NP", None))}
        event |= {"userAgent": draw.choice(("", PHONE, CRAWLER)), "bot": n % 50 == 0 or None}
        event["properties"] = {"mood": ODD[n % len(ODD)], "n": n, "half": 0.5} if n % 6 == 0 else None
        event |= told(kind, n, event["timestamp"], draw)
        if n % 4 == 0:
            event["tz"] = draw.choice(("Asia/Kathmandu", "America/St_Johns"))
        elif n % 4 == 1:
            event["timestamp"] = iso(event["timestamp"]).replace("Z", "") + "-03:30"
            if "startedAt" in event:
                event["startedAt"] = event["timestamp"]
        yield {name: value for name, value in event.items() if value is not None}
    yield from facts("f", "Title")


def facts(mark: str, title: str) -> Iterator[dict[str, Any]]:
    """Yield what is stated of some contents."""
    for n in range(11):
        about = {"contentId": f"c{n}", "title": f"{title} {n}", "contentType": "track", "creatorId": "maker"}
        event = {"id": f"{mark}{n}", "type": "content", "timestamp": START, "userId": "x", **about}
        yield {**event, "duration": 180, "createdAt": START}


def told(kind: str, n: int, at: int, draw: random.Random) -> dict[str, Any]:
    """Return what an event of a kind says besides."""
    match kind:
        case "play":
            return {
                "duration": draw.choice((None, 5, 29.999, 61.25, 200)),
                "contentDuration": draw.choice((None, 180, 240.5)),
                "completionRate": draw.choice((None, 43.7, 100)),
                "position": draw.choice((None, 12.345)),
                "replayed": n % 5 == 0,
                "skipped": draw.choice((None, True)),
                "playlistId": draw.choice((None, "p")),
                "title": ODD[n % len(ODD)],
                "sessionId": f"s{n}",
            }
        case "play_start" | "heartbeat":
            begun = {"playId": f"p{n}", "startedAt": at, "timestamp": at + 40_000}
            return {**begun, "duration": draw.choice((0, 40))}
        case "like" | "save":
            return {"action": draw.choice((kind, f"un{kind}"))}
        case "follow":
            return {"creatorId": "maker", "action": draw.choice((None, "unfollow")), "contentId": None}
        case _:
            return {"platform": draw.choice(("whatsapp", "x", None)), "rating": 4 if kind == "rate" else None}


@pytest.fixture(scope="module")
def exports(stack: RunningStack, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The year 2003 of the product, in each format."""
    folder = tmp_path_factory.mktemp("exports")
    # An export has no order: what was stated first has an id, and so a place, behind what was stated last.
    first = stack.post(list(facts("z", "Old title")))
    assert first["accepted"] == 11, first
    file = folder / "sent.jsonl"
    file.write_text("".join(json.dumps(event) + "\n" for event in events()))
    asked(stack, "import", "events", file, "--user", "nobody")
    found = {form: folder / f"export.{form}" for form in FORMS}
    for path in found.values():
        asked(stack, "export", path, "--from", "2003-01-01", "--to", "2003-12-31")
    return found


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    """A second product, which knows nothing."""
    with RunningStack(tmp_path_factory.mktemp("second") / "data") as running:
        yield running


def asked(stack: RunningStack, *words: object) -> str:
    done = CliRunner().invoke(command_line, ["--data", str(stack.folder), *map(str, words)])
    assert done.exit_code == 0, done.output
    return done.output


def history(stack: RunningStack) -> ClickHouse:
    return clickhouse_client(RunFile.read(stack.folder / "run.json").clickhouse_url)


KNOWN = {
    "events": "select * except (listener, createdAt) from event_log where toYear(timestamp) = 2003 order by all",
    "counts": (
        f"select grain, at, contentId, {', '.join(f'sum({name})' for name in MEASURES)},"
        f" {', '.join(f'sumMap({name})' for name in BREAKDOWNS)}, uniqCombined64Merge(listeners),"
        " uniqCombined64Merge(sessions), uniqCombined64Merge(users)"
        " from rollup final where toYear(at) = 2003 group by all order by all"
    ),
    "catalogue": "select * from content where match(contentId, '^c[0-9]+$') order by all",
    "lifetime": "select contentId, plays from content_plays final where contentId = 'c7'",
}


def known(stack: RunningStack) -> dict[str, list[Any]]:
    with history(stack) as client:
        return {name: client.query(text).result_rows for name, text in KNOWN.items()}


def test_an_export_is_whole_and_equal_in_another_product_and_imported_again_changes_nothing(
    stack: RunningStack, empty: RunningStack, exports: dict[str, Path]
) -> None:
    number = EVENTS
    said = asked(empty, "import", "streakline", exports["parquet"])
    assert f"{number:,} rows read, {number:,} accepted" in said
    assert f"{number:,} new: plays " in said
    before, after = known(stack), known(empty)
    assert len(before["events"]) == number
    assert [row[1] for row in before["catalogue"]] == [f"Title {row[0][1:]}" for row in before["catalogue"]]
    for name, rows in before.items():
        assert after[name] == rows, name
    for form in ("jsonl", "csv"):
        said = asked(empty, "import", "streakline", exports[form])
        assert f"  0 new\n  {number:,} already known" in said
    assert known(empty) == after
    asked(empty, "verify")


def outcomes(path: Path) -> list[Any]:
    return list(exported.parse(lines_of(path.open("rb"))))


def test_every_format_gives_the_same_events(exports: dict[str, Path]) -> None:
    found = {
        form: sorted((one.event for one in outcomes(path)), key=lambda event: str(event["id"]))
        for form, path in exports.items()
    }
    assert found["jsonl"] == found["csv"] == found["parquet"]
    assert len(found["jsonl"]) == EVENTS


def test_what_is_no_export_or_broke_off_is_refused_by_name(
    empty: RunningStack, exports: dict[str, Path], tmp_path: Path
) -> None:
    broken = tmp_path / "broken.parquet"
    broken.write_bytes(exports["parquet"].read_bytes()[:-200])
    other = tmp_path / "events.jsonl"
    other.write_text('{"id": "x", "type": "play", "contentId": "c", "timestamp": 1600000000000}\n')
    for path, words in ((broken, "or one that broke off"), (other, "expected a file of `streakline export`")):
        done = CliRunner().invoke(
            command_line, ["--data", str(empty.folder), "import", "streakline", str(path)]
        )
        assert done.exit_code == 2
        assert words in " ".join(done.output.split())


def test_a_row_that_cannot_be_read_is_named(exports: dict[str, Path], tmp_path: Path) -> None:
    good = next(
        row for row in map(json.loads, exports["jsonl"].read_text().splitlines()) if row["type"] == "play"
    )
    rows = [good, {**good, "properties": "{"}, {**good, "timestamp": "noon"}, {**good, "position": "far"}]
    file = tmp_path / "rows.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows) + "no json\n")
    first, *others = outcomes(file)
    assert isinstance(first, Imported)
    assert others == [
        Unreadable(2, "properties '{' is no JSON object"),
        Unreadable(3, "timestamp 'noon' is no ISO 8601 time"),
        Unreadable(4, "position 'far' is no number"),
        Unreadable(5, "'no json' is no row of an export"),
    ]


def test_a_token_that_may_not_say_who_is_a_robot_is_refused(
    stack: RunningStack, exports: dict[str, Path]
) -> None:
    done = CliRunner().invoke(
        command_line, ["--url", stack.url, "--token", "x", "import", "streakline", str(exports["jsonl"])]
    )
    assert done.exit_code == 1
    assert "needs a token of the scope admin" in done.output
