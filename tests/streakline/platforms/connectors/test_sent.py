"""What is sent of a look."""

from __future__ import annotations

from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from streakline.platforms.connectors.sent import FORGOTTEN, STILL, Held, forgotten, key_of, news_of
from streakline.platforms.observations import Observation, Post

ONE = Observation("ann", "youtube", "UC1", "v1", "views", 10, 1_000, 1_000, "youtube-data", "v3")
DAY = ONE._replace(post="", name="viewsOfDay")


def values(found: list[Observation], held: Mapping[str, Held]) -> list[float]:
    return [event["value"] for event in news_of(found, [], held).events]


def test_a_second_look_sends_nothing() -> None:
    news = news_of([ONE, DAY], [], {})
    assert [event["name"] for event in news.events] == ["views", "viewsOfDay"]
    again = [one._replace(observed_at=ONE.observed_at + 5, fetched_at=9_000) for one in (ONE,)]
    assert values([*again, DAY._replace(fetched_at=9_000)], news.held) == []


def test_a_value_that_goes_and_comes_back_is_told_each_time() -> None:
    held: dict[str, Held] = {}
    told = []
    for number, value in enumerate((10, 12, 10)):
        news = news_of([DAY._replace(value=value, fetched_at=number)], [], held)
        told += [(event["value"], event["timestamp"], event["id"]) for event in news.events]
        held |= news.held
    assert [(value, at) for value, at, _ in told] == [(10, 1_000), (12, 1_000), (10, 1_000)]
    assert len({id_ for _, _, id_ in told}) == 3


def test_what_stands_still_is_told_again_so_that_every_day_has_it() -> None:
    held = news_of([ONE], [], {}).held
    assert values([ONE._replace(observed_at=1_000 + STILL - 1)], held) == []
    assert values([ONE._replace(observed_at=1_000 + STILL)], held) == [10]


def test_what_a_cache_gives_of_earlier_is_not_told() -> None:
    held = news_of([ONE], [], {}).held
    assert values([ONE._replace(observed_at=999, value=9)], held) == []


def test_days_are_remembered_each_and_numbers_once() -> None:
    assert key_of(ONE) == key_of(ONE._replace(observed_at=7)) == "views|v1"
    assert key_of(DAY) == "viewsOfDay||1000"


def test_of_one_look_the_same_number_twice_is_told_once() -> None:
    assert values([ONE, ONE], {}) == [10]


def test_a_post_is_told_when_its_title_changes() -> None:
    post = Post("ann", "youtube", "UC1", "v1", "video", "First", 5, 9)
    news = news_of([], [post], {})
    assert [event["title"] for event in news.events] == ["First"]
    assert news_of([], [post._replace(fetched_at=10)], news.held).events == []
    assert len(news_of([], [post._replace(title="Second", fetched_at=10)], news.held).events) == 1


def test_days_long_gone_are_forgotten_and_nothing_else() -> None:
    posts = [Post("ann", "youtube", "UC1", "v1", "video", "First", 5, 9)]
    held = news_of([ONE, DAY], posts, {}).held
    assert forgotten(held, 1_000 + FORGOTTEN) == []
    assert forgotten(held, 1_001 + FORGOTTEN) == [key_of(DAY)]


@given(st.lists(st.integers(0, 3), max_size=20))
def test_the_last_value_that_was_told_is_always_the_last_that_was_seen(seen: list[int]) -> None:
    held: dict[str, Held] = {}
    told: list[float] = []
    for number, value in enumerate(seen):
        one = ONE._replace(value=value, observed_at=number, fetched_at=number)
        news = news_of([one], [], held)
        held |= news.held
        told += [event["value"] for event in news.events]
    changes = [value for number, value in enumerate(seen) if number == 0 or seen[number - 1] != value]
    assert told == changes
