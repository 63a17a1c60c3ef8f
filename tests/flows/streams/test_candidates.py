"""Messages of candidates that wait: taken in their order, as many as are asked for, and counted."""

from hypothesis import given
from hypothesis import strategies as st

from flows.streams.candidates import Waiting
from streakline.streams.candidates import MARKED, PLAYED

SIZES = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5), st.integers(0, 3)), max_size=12)


@given(SIZES, st.lists(st.integers(0, 400), max_size=5))
def test_what_waits_is_taken_once_and_in_order(sizes, takes):
    """A message has some seen, plays and marks; whoever takes asks for bytes of plays and marks."""
    messages = [
        (b"%d-0" % number, {b"s": b"0", b"c": bytes(12 * seen), b"p": bytes(PLAYED.itemsize * plays)})
        for number, (seen, plays, _) in enumerate(sizes)
    ]
    for (_, fields), (_, _, marks) in zip(messages, sizes, strict=True):
        if marks:
            fields[b"m"] = bytes(MARKED.itemsize * marks)

    def persons(some):
        return sum(len(fields[b"p"]) + len(fields.get(b"m", b"")) for _, fields in some)

    waiting, taken = Waiting(messages), []
    for most in takes:
        some = waiting.taken(most)
        assert bool(some) == (len(taken) < len(messages))
        taken += some
        assert persons(some) >= most or len(taken) == len(messages)
        assert persons(some[:-1]) < most or len(some) == 1 or not some
        rest = messages[len(taken) :]
        assert taken == messages[: len(taken)]
        assert (len(waiting), waiting.persons) == (len(rest), persons(rest))
        assert waiting.size == sum(len(value) for _, fields in rest for value in fields.values())
        assert waiting.freeze() == rest
