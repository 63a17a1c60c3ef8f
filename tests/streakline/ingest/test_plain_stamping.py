"""Stamping of plain events: in less time, and just as whole ones."""

import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from streakline import kinds
from streakline.counting_profiles import PROFILES
from streakline.ingest.events import decode_batch
from streakline.ingest.plain import decode_plain, whole
from streakline.ingest.plain_stamping import stamp_plain
from streakline.ingest.stamping import Sender, Senders, Stamper
from streakline.streams.dictionary import FIRST, Dictionary

NOW = 1_763_700_000_000
SENDERS = [
    Sender(country="DE", device="mobile", browser="Firefox", os="Linux", user_agent="UA", referrer="R"),
    Sender(user_id="self", bot_reason="crawler"),
    Sender(nameless=True),
    Sender(trusted=True, admin=True, user_agent="long " * 200),
]


def stamper(**more) -> Stamper:
    dictionary = Dictionary()
    for dimension, names in (("country", ["DE"]), ("device", ["mobile"]), ("source", ["home", "Suche"])):
        dictionary.learn(dimension, {name: FIRST + n for n, name in enumerate(names)})
    return Stamper(7, 4, dictionary, **more)


def sent(**fields: object) -> dict[str, object]:
    return {
        "id": "e1", "type": "play", "contentId": "c1", "userId": "u1", "timestamp": NOW, "duration": 30, **fields
    }  # fmt: skip


def body(*events: dict[str, object]) -> bytes:
    return json.dumps(events).encode()


names = st.none() | st.text(min_size=1, max_size=9)
seconds = st.none() | st.floats(-1, 9e4) | st.integers(-1, 90_000) | st.sampled_from([19.9996, 20, 180, 200])
plain_events = st.fixed_dictionaries(
    {
        "id": st.text(min_size=1, max_size=5),
        "type": st.sampled_from([*kinds.KINDS, "mashup_liked", "mashup_played", "x"]),
        "timestamp": st.sampled_from([NOW, NOW - 1, NOW + 900_000, NOW + 900_001, NOW - 0.5, 10**40, 0]),
        "contentId": st.text(min_size=1, max_size=9),
    },
    optional={
        "contentType": st.sampled_from(["track", "zine", "", None]),
        "creatorId": names,
        "userId": names,
        "anonymousId": names,
        "sessionId": names,
        "source": st.sampled_from(["home", "Suche", "", "unheard", None]),
        "platform": st.sampled_from(["", "web", None]),
        "action": st.sampled_from(["like", "unlike", "save", "x" * 600, "", None]),
        "playId": st.sampled_from(["p", None]),
        "startedAt": st.sampled_from([NOW, NOW - 1, 0, None, "soon"]),
        "duration": seconds,
        "contentDuration": seconds,
    },
)


@given(st.lists(plain_events, max_size=5), st.sampled_from(SENDERS), st.sampled_from([*PROFILES]))
@example([sent()], SENDERS[0], "default-20s")
def test_plain_events_are_stamped_as_whole_ones_or_left_to_that(events, sender, profile):
    by, other = stamper(profile=profile), stamper(profile=profile)
    plain, batch = decode_plain(body(*events)), decode_batch(body(*events))
    if plain is None:
        return
    assert [whole(event) for event in plain.events] == [event for _, event in batch.events]
    whole_sheaves = other.stamp_all(batch.events, Senders(sender, lambda _: sender), NOW)
    for _ in range(2):  # the second time shapes and lengths are known
        sheaves = stamp_plain(by, plain.events, sender, NOW)
        if sheaves is None:
            assert whole_sheaves.rejected or whole_sheaves.missing or not by.simple
            return
        assert (whole_sheaves.rejected, whole_sheaves.missing) == ([], [])
        assert (sheaves.hot, sheaves.cold, sheaves.bots) == (
            whole_sheaves.hot, whole_sheaves.cold, whole_sheaves.bots
        )  # fmt: skip


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"duration": 31.5, "contentDuration": 201, "sessionId": "s"},
        {"type": "like", "action": "like"},
        {"type": "mashup_liked"},
        {"type": "heartbeat", "playId": "p", "startedAt": NOW - 9},
        {"type": "play_start", "playId": "p", "duration": None},
        {"source": "Suche", "contentType": "track"},
    ],
)
def test_common_events_are_plain(fields):
    batch = decode_plain(body(sent(**fields)))
    assert batch is not None
    assert stamp_plain(stamper(), batch.events, SENDERS[0], NOW) is not None


def test_a_source_with_a_profile_of_its_own_leaves_plain_events_to_the_whole_loop():
    batch = decode_plain(body(sent()))
    assert batch is not None
    assert stamp_plain(stamper(overrides={"home": "stream-30s"}), batch.events, SENDERS[0], NOW) is None
