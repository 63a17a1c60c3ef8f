"""Settlement: every reader that is behind keeps a position from settling."""

import pytest

from streakline.health.settlement import Behind, Progress, behind
from streakline.times import HOUR_MS, QUARTER_MS, enc

AT = 10 * HOUR_MS  # a whole hour: the bucket that began 75 minutes before it closes now
WANTED = enc(f"{AT}-0")
CLOSED = AT - HOUR_MS - QUARTER_MS
DONE = Progress(WANTED, WANTED, WANTED, None, CLOSED, (WANTED, WANTED))


def parts(progress: Progress) -> list[str]:
    return [reason.part for reason in behind({0: WANTED}, [progress])]


def test_a_position_that_all_have_passed_has_settled() -> None:
    assert behind({0: WANTED}, [DONE]) == []


def test_a_position_of_no_events_has_settled() -> None:
    assert behind({}, [Progress()]) == []


def test_where_nobody_has_said_anything_everything_is_awaited() -> None:
    waiting = behind({0: WANTED}, [Progress(viewers=(None,))])
    assert [reason.part for reason in waiting] == ["live", "raw", "provisional", "people", "close"]
    assert all(reason.at == "nothing yet" for reason in waiting)


@pytest.mark.parametrize(
    ("field", "part"), [("content", "live"), ("raw", "raw"), ("provisional", "provisional")]
)
def test_a_reader_one_entry_behind_is_awaited(field: str, part: str) -> None:
    assert parts(DONE._replace(**{field: WANTED - 1})) == [part]


def test_every_part_of_the_persons_is_awaited() -> None:
    assert parts(DONE._replace(viewers=(WANTED, WANTED - 1))) == ["people"]


def test_a_bucket_that_closes_by_the_position_must_be_closed() -> None:
    late = DONE._replace(upto=CLOSED - QUARTER_MS)
    assert behind({0: WANTED}, [late]) == [
        Behind("close", 0, "1970-01-01T08:30:00.000Z", "1970-01-01T08:45:00.000Z")
    ]


def test_a_bucket_that_closes_one_millisecond_later_need_not_be() -> None:
    position = enc(f"{AT - 1}-0")
    assert behind({0: position}, [DONE._replace(upto=CLOSED - QUARTER_MS)]) == []


def test_a_recount_owed_by_the_position_is_awaited() -> None:
    assert parts(DONE._replace(mark=WANTED)) == ["recount"]


def test_a_recount_owed_for_later_entries_is_not() -> None:
    assert parts(DONE._replace(mark=WANTED + 1)) == []


def test_only_the_shards_of_the_position_are_looked_at() -> None:
    assert behind({1: WANTED}, [Progress(), DONE]) == []
