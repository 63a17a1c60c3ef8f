"""What servers write of followed creators is read by the flow, and nothing else is."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from streakline.live.followed import MOST, followed, pack, until_of
from streakline.streams.hashing import hash64


@given(st.integers(0, 2**63), st.lists(st.text(min_size=1), max_size=9), st.integers(0, 2**64 - 1))
def test_what_is_followed_is_read_as_it_was_written(until, contents, seed):
    packed = pack(until, contents, seed)
    assert until_of(packed) == until
    held = followed({b"band": packed}, until - 1)
    assert set(held["band"].tolist()) == {hash64(content, seed) for content in contents}
    assert followed({b"band": packed}, until) == {}


def test_what_others_wrote_is_left_out():
    good = pack(9, ["a"], 0)
    assert until_of(pack(9, map(str, range(MOST)), 0)) == 9
    for bad in (b"", b"9", good[:-1], pack(9, map(str, range(MOST + 1)), 0)):
        assert until_of(bad) == 0
        assert list(followed({b"a": bad, b"band": good, b"\xff": good}, 1)) == ["band"]
    assert followed({b"band": good}, 1)["band"].dtype == np.uint64
