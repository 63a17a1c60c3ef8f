"""The states on the stream of updates: what is no state is refused, and what a part says of later minutes."""

import msgspec
import pytest

from streakline.live_windows import WINDOWED
from streakline.measures import MEASURES
from streakline.streams.states import Base, Content, Viewers

MINUTE = 60_000


@pytest.mark.parametrize(
    ("kind", "state"),
    [
        (Content, {"minutes": {0: [1] * (len(WINDOWED) - 1)}}),
        (Content, {"open": {0: [1] * (len(MEASURES) + 1)}}),
        (Content, {"runningPlays": 2**53 + 1}),
        (Viewers, {"minute": -1}),
        (Viewers, {"minutes": {10**13: 1}}),
        (Base, {"base": ["1"]}),
    ],
)
def test_numbers_too_many_too_few_or_too_great_are_refused(
    kind: type[msgspec.Struct], state: dict[str, object]
):
    with pytest.raises(msgspec.ValidationError):
        msgspec.msgpack.decode(msgspec.msgpack.encode(state), type=kind)


def test_in_the_minute_of_a_part_its_own_number_stands():
    assert Viewers(minute=9 * MINUTE, minutes={8 * MINUTE: 3}).distinct(9 * MINUTE, 5, 4) == 4


def test_in_later_minutes_those_are_left_who_were_here_lately():
    part = Viewers(minute=9 * MINUTE, minutes={3 * MINUTE: 1, 8 * MINUTE: 3, 9 * MINUTE: 2})
    assert part.distinct(12 * MINUTE, 5, 6) == 5
    assert part.distinct(20 * MINUTE, 5, 6) == 0
