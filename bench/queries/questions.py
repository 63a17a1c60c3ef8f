"""The questions: how the server is asked, and the same as plain SQL over raw events."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final, NamedTuple

from streakline.times import DAY_MS, iso, parse_when

END_MS: Final = parse_when("2026-09-01T00:00:00Z")[0]
"""The first ms after all events."""
AS_OF_MS: Final = END_MS - 7 * 3_600_000 - 451_234
"""Inside a quarter hour, so that every range has single events at both ends."""
TRACK: Final = "content-7"


class Question(NamedTuple):
    """A question.

    Attributes:
        name: of it.
        path: of a GET; "" for `POST /api/v1/query`.
        body: what is posted.
        by: what the plain SQL groups by, "" for a total.
        where: which events it counts.
        days: how many.
        several: whether the endpoint answers several questions at once.
    """

    name: str
    path: str = ""
    body: dict[str, Any] | None = None
    by: str = ""
    where: str = "true"
    days: int = 30
    several: bool = False


RANGES: Final = {"24h": 1, "7d": 7, "30d": 30, "90d": 90, "1y": 365}
_OF_TRACK: Final = f"contentId = '{TRACK}'"
_DAY, _HOUR = "date_trunc('day', ts)", "extract(hour from ts)"


def _query(
    name: str, dimensions: list[str], by: str, *, range_: str = "30d", track: bool = False, **more: Any
) -> Question:
    filters = [{"dimension": "content", "operator": "is", "values": [TRACK]}] if track else []
    body = {
        "metrics": ["plays"] if {"source", "country"} & {*dimensions} else ["plays", "hours"],
        "dimensions": dimensions,
        "filters": filters,
        "timeRange": range_,
        **more,
    }
    return Question(
        name,
        body=body,
        by=by,
        where=_OF_TRACK if track else "true",
        days=RANGES[range_],
        several="compare" in more,
    )


QUESTIONS: Final = (
    *(Question(f"site, {name}", f"/api/stats/analytics?timeRange={name}", days=days, several=True)
      for name, days in RANGES.items()),
    *(Question(f"track, {name}", f"/api/stats/analytics?timeRange={name}&trackId={TRACK}", where=_OF_TRACK, days=days,
               several=True) for name, days in RANGES.items()),
    *(Question(f"mashup, {zone}", f"/api/analytics/mashups/{TRACK}?tz={zone}", by=_HOUR, where=_OF_TRACK, days=365,
               several=True) for zone in ("UTC", "Asia/Kolkata", "Europe/London")),
    *(Question(f"shares, {days} d", f"/api/admin/shares/stats?days={days}", by="contentId", where="kind = 8", days=days)
      for days in (7, 30, 90)),
    _query("site by day, 90 d", ["day"], _DAY, range_="90d"),
    _query("site by day, London", ["day"], _DAY, tz="Europe/London"),
    _query("site by month, 1 y", ["month"], "date_trunc('month', ts)", range_="1y"),
    _query("site by hour of the day", ["hourOfDay"], _HOUR),
    _query("site by weekday, 90 d", ["weekday"], "extract(dow from ts)", range_="90d"),
    _query("site by country", ["country"], "country"),
    _query("site by source, 90 d", ["source"], "source", range_="90d"),
    _query("top contents", ["content"], "contentId", limit=10),
    _query("top contents, 7 d", ["content"], "contentId", range_="7d", limit=10),
    _query("track by day", ["day"], _DAY, track=True),
    _query("track by day, Kolkata, before", ["day"], _DAY, track=True, tz="Asia/Kolkata", compare="previous"),
    _query("track by hour, 24 h", ["hour"], "date_trunc('hour', ts)", track=True, range_="24h"),
    _query("track by month, 1 y", ["month"], "date_trunc('month', ts)", track=True, range_="1y"),
    _query("track by source", ["source"], "source", track=True),
)  # fmt: skip


def asked(question: Question, number: int) -> tuple[str, str, dict[str, Any] | None]:
    """Return method, path and body of a question as of another ms for another number."""
    as_of = iso(AS_OF_MS + number)
    if question.body is not None:
        return "POST", "/api/v1/query", {**question.body, "asOf": as_of}
    return "GET", f"{question.path}{'&' if '?' in question.path else '?'}asOf={as_of}", None


def raw_sql(question: Question) -> str:
    """Return the question as plain SQL of ClickHouse over `events`."""
    first, last = (iso(ms)[:-1].replace("T", " ") for ms in (AS_OF_MS - question.days * DAY_MS, AS_OF_MS))
    by = question.by.replace("extract(dow from ts)", "toDayOfWeek(ts)") or "1"
    return (
        f"select {by} as k, countIf(counted) as plays, sum(duration), uniq(listener64), uniqIf(sessionId, counted) "  # noqa: S608
        f"from events where countable and ts >= toDateTime64('{first}', 3, 'UTC') and ts < "
        f"toDateTime64('{last}', 3, 'UTC') and {question.where} group by k order by plays desc limit 100"
    )


def duck_sql(question: Question, file: Path) -> str:
    """Return the question as SQL of DuckDB over a Parquet file of raw events."""
    first, last = (iso(ms) for ms in (AS_OF_MS - question.days * DAY_MS, AS_OF_MS))
    return (
        f"select {question.by or '1'} as k, count(*) filter (counted) as plays, sum(duration), "  # noqa: S608
        f"approx_count_distinct(listener64), approx_count_distinct(sessionId) filter (counted) from '{file}' "
        f"where not bot and ts >= timestamptz '{first}' and ts < timestamptz '{last}' and {question.where} "
        "group by k order by plays desc limit 100"
    )
