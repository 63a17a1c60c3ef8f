"""Parameters: what is asked is read by its kind; what cannot be used is refused by its name."""

from __future__ import annotations

from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request
from yarl import URL

from server.door.parameters import PAGE, TIME_RANGE, Parameters
from server.problems import Problem
from server.resources.clock import CLOCK, Clock
from streakline.history.ranges import END_MS
from streakline.times import iso, parse_when

NOW = parse_when("2014-09-01T12:07:31Z")[0]


class Stopped(Clock):
    def now_ms(self) -> int:
        return NOW


def parameters(query: str, *allowed: str, **options: Any) -> Parameters:
    app = web.Application()
    app[CLOCK] = Stopped()
    request = make_mocked_request("GET", str(URL(f"/api/things?{query}")), app=app)
    return Parameters(request, *(allowed or (*TIME_RANGE, "limit", "cursor", "metric", "days")), **options)


def refusal(query: str, read: str, *arguments: Any) -> tuple[int, str, str]:
    with pytest.raises(Problem) as caught:
        getattr(parameters(query), read)(*arguments)
    return caught.value.status, caught.value.code, caught.value.detail


def asked(query: str) -> tuple[str, str, str]:
    span = parameters(query).time_range()
    return span.name, iso(span.start), iso(span.end)


def test_a_name_that_is_not_known_is_refused_with_those_that_are() -> None:
    with pytest.raises(
        Problem, match=r"parameter 'timerange' is not known here; there are timeRange, tz"
    ) as caught:
        parameters("timerange=7d", "timeRange", "tz")
    assert (caught.value.status, caught.value.code) == (400, "parameter")


def test_a_name_where_none_is_known_is_refused() -> None:
    app = web.Application()
    app[CLOCK] = Stopped()
    with pytest.raises(Problem, match="'x' is not known here; this path takes none"):
        Parameters(make_mocked_request("GET", "/api/things?x", app=app))


def test_a_name_that_is_given_twice_is_refused_where_one_value_is_read() -> None:
    with pytest.raises(Problem, match="parameter tz is given 2 times; give it once"):
        parameters("tz=UTC&tz=UTC")
    assert parameters("tz=a&tz=b", "tz", repeated=("tz",)).all("tz") == ["a", "b"]


@pytest.mark.parametrize(
    ("query", "span"),
    [
        ("", ("30d", "2014-08-02T12:07:31.000Z", "2014-09-01T12:07:31.000Z")),
        ("timeRange=24h", ("24h", "2014-08-31T12:07:31.000Z", "2014-09-01T12:07:31.000Z")),
        ("timeRange=7d&asOf=2014-01-08", ("7d", "2014-01-01T00:00:00.000Z", "2014-01-08T00:00:00.000Z")),
        ("timeRange=7d&asOf=1389139200000", ("7d", "2014-01-01T00:00:00.000Z", "2014-01-08T00:00:00.000Z")),
        ("timeRange=all&asOf=2014-01-08", ("all", "2000-01-01T00:00:00.000Z", "2014-01-08T00:00:00.000Z")),
        (
            "from=2014-01-01&to=2014-01-02",
            ("between", "2014-01-01T00:00:00.000Z", "2014-01-03T00:00:00.000Z"),
        ),
        (
            "from=2014-01-01&to=2014-01-02&tz=Asia/Kolkata",
            ("between", "2013-12-31T18:30:00.000Z", "2014-01-02T18:30:00.000Z"),
        ),
        (
            "from=2014-01-01T10:00:00%2B02:00&to=2014-01-01T08:00:00.001Z",
            ("between", "2014-01-01T08:00:00.000Z", "2014-01-01T08:00:00.001Z"),
        ),
        ("from=2014-09-01", ("between", "2014-09-01T00:00:00.000Z", "2014-09-01T12:07:31.000Z")),
        (
            "from=2014-08-01&asOf=2014-08-02T00:00:01Z",
            ("between", "2014-08-01T00:00:00.000Z", "2014-08-02T00:00:01.000Z"),
        ),
    ],
)
def test_a_range_is_read(query: str, span: tuple[str, str, str]) -> None:
    assert asked(query) == span


@pytest.mark.parametrize(
    ("query", "code", "words"),
    [
        ("timeRange=2w", "time-range", ("timeRange '2w'", "24h, 7d, 30d, 90d, 1y, all")),
        ("timeRange=", "time-range", ("timeRange ''", "24h")),
        ("timeRange=7d&from=2014-01-01", "time-range", ("timeRange and from are both given",)),
        ("to=2014-01-01", "time-range", ("to is given without from",)),
        ("from=2014-01-01&to=2014-01-02&asOf=2014-01-03", "time-range", ("to and asOf are both given",)),
        ("from=2014-01-02&to=2014-01-01", "time-range", ("from must lie before to",)),
        ("from=2014-01-02T00:00Z&to=2014-01-02T00:00Z", "time-range", ("nothing is between",)),
        ("from=2014-02-30", "time-range", ("from '2014-02-30' is no day",)),
        ("from=soon", "time-range", ("from timestamp 'soon' is neither",)),
        ("asOf=tomorrow", "time-range", ("asOf timestamp 'tomorrow' is neither",)),
        (f"asOf={END_MS}", "time-range", ("asOf", "lies outside the years 1970 to 2099")),
        ("asOf=2014-01-01T10:00:00+02:00", "time-range", ("asOf", "send it as %2B")),
        ("tz=Mars/Base", "tz", ("tz 'Mars/Base' is no IANA time zone, like Europe/Berlin",)),
        ("tz=../etc/passwd", "tz", ("tz '../etc/passwd' is no IANA",)),
    ],
)
def test_a_range_that_is_none_is_refused_by_name_value_and_way_out(
    query: str, code: str, words: tuple[str, ...]
) -> None:
    status, got, detail = refusal(query, "time_range")
    assert (status, got) == (400, code)
    assert [word for word in words if word not in detail] == []


def test_a_metric_is_one_of_those_there_are() -> None:
    assert parameters("metric=plays").metric(("plays", "likes")) == "plays"
    assert parameters("").metric(("plays", "likes")) is None
    assert refusal("metric=plas", "metric", ("plays", "likes"))[1:] == (
        "metric",
        "metric 'plas' is not known; there are plays, likes",
    )


def test_a_choice_is_one_of_some_words_and_its_code_is_its_name() -> None:
    assert parameters("days=7").choice("days", ("7", "30", "90"), "30") == "7"
    assert parameters("").choice("days", ("7", "30", "90"), "30") == "30"
    assert refusal("days=8", "choice", "days", ("7", "30", "90"), "30")[1] == "days"


@pytest.mark.parametrize("text", ["0", "1001", "-1", "+5", "5.0", "x", "", "٣", "9" * 30])
def test_a_limit_is_a_whole_number_from_1_to_1000(text: str) -> None:
    status, code, detail = refusal(f"limit={text}", "page")
    assert (status, code) == (400, "limit")
    assert "is no whole number from 1 to 1000" in detail


def test_the_next_page_is_that_of_the_same_question_and_moment() -> None:
    first = parameters("timeRange=7d&tz=Europe/Berlin&limit=2")
    assert first.page() == (2, None)
    text = first.next_cursor((13, "page"))
    following = parameters(f"tz=Europe/Berlin&limit=7&cursor={text}&timeRange=7d")
    assert following.page() == (7, (13, "page"))
    assert following.as_of() == NOW
    assert following.time_range() == first.time_range()


def test_a_page_is_repeatable_after_the_clock_went_on(monkeypatch: pytest.MonkeyPatch) -> None:
    text = parameters("timeRange=7d").next_cursor((1,))
    monkeypatch.setattr(Stopped, "now_ms", lambda _: NOW + 5_000)
    assert parameters(f"timeRange=7d&cursor={text}").time_range().end == NOW
    assert parameters("timeRange=7d").time_range().end == NOW + 5_000


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("cursor=abc", "'abc' is no cursor"),
        ("tz=Asia/Tokyo&cursor={}", "belongs to another question"),
        ("asOf=2014-01-01&cursor={}", "belongs to another asOf"),
    ],
)
def test_a_cursor_that_does_not_fit_is_refused(query: str, words: str) -> None:
    text = parameters("tz=UTC").next_cursor((1,))
    query = query.replace("cursor={}", f"cursor={text}")
    if "asOf" in query:
        query += "&tz=UTC"
    status, code, detail = refusal(query, "time_range")
    assert (status, code) == (400, "cursor")
    assert words in detail


def test_a_page_alone_takes_no_range() -> None:
    assert set(PAGE) - set(TIME_RANGE) == {"limit", "cursor"}
