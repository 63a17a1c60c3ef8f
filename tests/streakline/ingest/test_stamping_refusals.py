"""Stamping: what is refused and how it is told; whatever is sent, it is stamped or refused."""

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proofs.running.stamping import stamp
from stamped_events import ADMIN, NOW, PUBLIC, TRUSTED, record, stamped, stamper
from streakline import kinds
from streakline.ingest import rules
from streakline.ingest.events import Rejected, decode_batch
from streakline.ingest.stamping import Refused, Senders
from streakline.streams.entries import pack_cold, unpack_cold
from streakline.streams.records import records_of


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"type": "stare"}, ["type 'stare'", "play, play_start, heartbeat"]),
        ({"type": "like", "action": "hug"}, ["action 'hug' of a like is neither like nor unlike"]),
        ({"type": "save", "action": "unlike"}, ["action 'unlike' of a save is neither save nor unsave"]),
        ({"type": "freeze"}, ["type 'freeze'", "scope write", "public write key"]),
        ({"type": "settings"}, ["type 'settings'", "scope write"]),
        ({"type": "content"}, ["type 'content'", "scope write"]),
        ({"type": "metric"}, ["type 'metric'", "scope write"]),
        ({"contentId": None}, ["contentId is missing", "play"]),
        ({"contentId": None, "type": "heartbeat"}, ["contentId is missing", "heartbeat"]),
        ({"type": "play_start"}, ["playId is missing", "play_start"]),
        ({"type": "heartbeat"}, ["playId is missing", "heartbeat"]),
        ({"type": "heartbeat", "playId": "p"}, ["startedAt is missing", "heartbeat"]),
        (
            {"startedAt": NOW - 1},
            ["startedAt 2025-11-21T04:39:59.999Z", "timestamp 2025-11-21T04:40:00.000Z"],
        ),
        (
            {"type": "heartbeat", "playId": "p", "startedAt": NOW + 1},
            ["startedAt 2025-11-21T04:40:00.001Z is after timestamp 2025-11-21T04:40:00.000Z"],
        ),
        ({"timestamp": NOW + 900_001}, ["timestamp 2025-11-21T04:55:00.001Z", "15 minutes", "04:40:00.000Z"]),
        ({"timestamp": NOW * 1000}, [f"timestamp {NOW * 1000} ms", "15 minutes"]),
        ({"timestamp": 10**40}, ["timestamp", "15 minutes"]),
        ({"timestamp": NOW // 1000}, [f"timestamp {NOW // 1000} ms", "2000-01-01", "milliseconds"]),
        ({"timestamp": "soon"}, ["timestamp 'soon'", "ISO 8601"]),
        (
            {"type": "heartbeat", "playId": "p", "startedAt": "soon"},
            ["startedAt 'soon'", "ISO 8601"],
        ),
        (
            {"type": "heartbeat", "playId": "p", "startedAt": 5},
            ["startedAt 5 ms", "2000-01-01"],
        ),
        ({"tz": "Mars/Olympus"}, ["tz 'Mars/Olympus'", "IANA"]),
        ({"tz": "../etc"}, ["tz '../etc'", "IANA"]),
        ({"tz": "Europe"}, ["tz 'Europe'", "IANA"]),
        ({"userId": None}, ["userId, anonymousId and sessionId", "at least one"]),
        ({"duration": -1}, ["duration -1 s", "0 and 24 hours"]),
        ({"duration": 86_401}, ["duration 86401 s", "0 and 24 hours"]),
        ({"contentDuration": 1e9}, ["contentDuration 1000000000.0 s", "0 and 24 hours"]),
        ({"completionRate": 101}, ["completionRate 101", "0 and 100"]),
        ({"completionRate": -0.5}, ["completionRate -0.5", "0 and 100"]),
        ({"properties": {"a": "x" * 5_000}}, ["properties take 5008 bytes", "4096"]),
    ],
)
def test_a_refusal_names_the_field_the_value_and_the_rule(fields, told):
    with pytest.raises(Refused) as refusal:
        stamped(**fields)
    for part in told:
        assert part in str(refusal.value)


def test_the_limits_themselves_are_taken():
    assert record(timestamp=NOW + 900_000)["at"] == NOW + 900_000
    assert record(timestamp="2000-01-01T00:00:00Z")["at"] == 946_684_800_000
    assert record(duration=86_400)["dur"] == 86_400_000
    assert record(duration=0, completionRate=100)["completion"] == 1000
    assert len(stamped(properties={"a": "x" * 4_088}).cold.properties) == 4_096


@pytest.mark.parametrize("kind", ["content", "creator", "metric"])
def test_facts_are_a_trusted_sender_s(kind):
    measured = {"platform": "youtube", "name": "views", "value": 1} if kind == "metric" else {}
    assert record(TRUSTED, type=kind, **measured)["kind"] == kinds.KINDS[kind]
    for sender in (PUBLIC, PUBLIC._replace(user_id="u1")):
        with pytest.raises(Refused, match="scope write"):
            stamped(sender, type=kind, **measured)


json_scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=9)
)


anything = st.fixed_dictionaries(
    {
        "id": st.text(min_size=1, max_size=5),
        "type": st.sampled_from([*kinds.KINDS, "mashup_liked", "x"]),
        "timestamp": st.sampled_from([NOW, NOW - 1, "2025-11-21T04:40:00+05:45"]) | st.integers() | st.text(max_size=9),
    },
    optional={
        "contentId": st.text(min_size=1, max_size=9),
        "userId": st.text(min_size=1, max_size=9),
        "sessionId": st.text(min_size=1, max_size=9),
        "playId": st.just("p"),
        "startedAt": st.sampled_from([NOW, NOW - 1, 0]) | st.integers() | st.text(max_size=9),
        "tz": st.sampled_from(["Asia/Kathmandu", "Europe/Berlin"]) | st.text(max_size=9),
        "duration": st.floats(-1, 1e5) | st.integers(),
        "contentDuration": st.floats(-1, 1e5) | st.integers(),
        "completionRate": st.floats(-1, 101) | st.integers(),
        "position": st.floats(allow_nan=False, allow_infinity=False),
        "value": st.integers() | st.floats(allow_nan=False, allow_infinity=False),
        "action": st.sampled_from(["like", "unlike", "save", "x"]),
        "properties": st.dictionaries(st.text(max_size=5), json_scalars, max_size=4),
        "source": st.text(max_size=5),
        "country": st.text(max_size=5),
        "bot": st.booleans(),
        "createdAt": st.integers() | st.text(max_size=9),
    },
)  # fmt: skip


@given(anything, st.sampled_from([PUBLIC, TRUSTED, ADMIN]))
def test_whatever_is_sent_is_stamped_into_its_shard_or_refused(sent, sender):
    by = stamper()
    for _, decoded in decode_batch(json.dumps([sent]).encode()).events:
        with contextlib.suppress(Refused):
            result = stamp(by, decoded, sender, NOW)
            [row] = records_of([result.record])
            assert 0 <= result.shard < 4
            assert (row["kind"] in kinds.NAMES, len(result.record)) == (True, 64)
            assert unpack_cold(pack_cold([result.cold])) == [result.cold]


@given(
    st.lists(st.tuples(anything, st.sampled_from([None, "", "browser", "robot"])), max_size=6),
    st.sampled_from([PUBLIC, TRUSTED, ADMIN]),
)
def test_a_batch_is_stamped_as_its_events_one_by_one(sent, sender):
    by = stamper()
    events = [{**fields, **({} if agent is None else {"userAgent": agent})} for fields, agent in sent]
    batch = decode_batch(json.dumps(events).encode()).events
    senders = Senders(
        sender, lambda text: sender._replace(user_agent=text, bot_reason="crawler" * (text == "robot"))
    )
    sheaves = by.stamp_all(batch, senders, NOW)
    alone, refused = [], []
    for place, decoded in batch:
        own = sender if decoded.userAgent is None else senders.by_agent(decoded.userAgent)
        try:
            alone.append(stamp(by, decoded, own, NOW))
        except Refused as refusal:
            refused.append(Rejected(place, decoded.id, str(refusal)))
    for shard in range(4):
        here = [one for one in alone if one.shard == shard]
        assert sheaves.hot[shard] == [one.record for one in here]
        if sheaves.cold[shard]:
            assert unpack_cold(pack_cold(sheaves.cold[shard])) == [one.cold for one in here]
    assert sheaves.rejected == refused
    assert (sheaves.accepted(), sheaves.bots) == (len(alone), sum(one.cold.botReason != "" for one in alone))


@given(anything, st.sampled_from([PUBLIC, TRUSTED, ADMIN]))
def test_the_short_ways_of_stamping_agree_with_the_rules(sent, sender):
    for _, decoded in decode_batch(json.dumps([sent]).encode()).events:
        try:
            row = records_of([stamp(stamper(), decoded, sender, NOW).record])[0]
        except Refused:
            continue
        kind = rules.kind_of(decoded, trusted=sender.trusted)
        assert (row["kind"], row["at"], row["start"], row["off"]) == (
            kind,
            *rules.times_of(decoded, kind, NOW),
        )
