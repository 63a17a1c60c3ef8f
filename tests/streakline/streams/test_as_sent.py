"""What archive holds of an event can be sent again: the same event comes of it."""

import json

from hypothesis import example, given
from hypothesis import strategies as st

from proofs.running.stamping import Stamped
from stamped_events import NOW, stamper
from streakline import kinds
from streakline.ingest.events import decode_batch
from streakline.ingest.stamping import Sender, Senders, Stamper
from streakline.streams.as_sent import as_sent
from streakline.streams.entries import Cold
from streakline.streams.records import records_of

ADMIN = Sender(
    trusted=True, admin=True, country="DE", device="mobile", browser="Firefox", os="Linux", user_agent="UA",
    referrer="R",
)  # fmt: skip
names = st.text(min_size=1, max_size=9)
times = st.sampled_from([NOW, NOW - 1, NOW - 0.5, "2025-11-21T10:10:00+05:30", "2009-11-01T02:31:00Z"])
events = st.fixed_dictionaries(
    {
        "id": names,
        "type": st.sampled_from([*kinds.KINDS, "mashup_liked", "mashup_played"]),
        "timestamp": times,
        "contentId": names,
    },
    optional={
        **dict.fromkeys(
            ("parentId", "creatorId", "userId", "anonymousId", "sessionId", "playlistId", "genre", "title"),
            names,
        ),
        "contentType": st.sampled_from(["track", "zine"]),
        "source": st.sampled_from(["radio", "x" * 600, "other"]),
        "platform": names,
        "country": st.sampled_from(["FR", "XX"]),
        "tz": st.sampled_from(["Asia/Kathmandu", "America/St_Johns", "UTC"]),
        "action": st.sampled_from(["like", "unlike", "save", "unfollow", "wave"]),
        "playId": names,
        "startedAt": times,
        "duration": st.floats(0, 400) | st.integers(0, 400),
        "contentDuration": st.floats(0, 400) | st.integers(0, 400),
        "completionRate": st.floats(0, 100),
        "position": st.floats(0, 400),
        "skipped": st.booleans(),
        "replayed": st.booleans(),
        "autoplay": st.booleans(),
        "rating": st.integers(0, 10),
        "name": names,
        "value": st.floats(allow_nan=False, allow_infinity=False),
        "createdAt": st.integers(0, NOW),
        "bot": st.booleans(),
        "userAgent": st.sampled_from(["x" * 600, "UA 2"]),
        "referrer": names,
        "properties": st.dictionaries(
            names | st.just("action"), st.none() | st.booleans() | names, max_size=3
        ),
    },
)


def stamped(by: Stamper, event: dict[str, object]) -> Stamped | None:
    batch = decode_batch(json.dumps([event]).encode())
    senders = Senders(ADMIN, lambda agent: ADMIN._replace(user_agent=agent or ADMIN.user_agent))
    sheaves = by.stamp_all(batch.events, senders, NOW)
    for shard, hot in enumerate(sheaves.hot):
        if hot:
            return Stamped(shard, hot[0], Cold(*sheaves.cold[shard][0]))
    return None


@given(events)
@example({"id": "e", "type": "like", "action": "unlike", "timestamp": NOW, "contentId": "c", "userId": "u"})
@example({"id": "e", "type": "play", "timestamp": NOW, "contentId": "c", "userId": "u"})
@example({"id": "e", "type": "content", "duration": 180, "timestamp": NOW, "contentId": "c", "userId": "u"})
def test_what_is_sent_again_is_the_same_event(event):
    by = stamper()
    first = stamped(by, event)
    if first is None:
        return  # it was refused
    [record] = records_of([first.record])
    again = as_sent(record, first.cold)
    assert json.loads(json.dumps(again)) == again
    second = stamped(by, again)
    assert second is not None
    assert (second.shard, second.record) == (first.shard, first.record)
    assert second.cold == first.cold


def test_what_a_foreign_writer_wrote_is_shown_as_well_as_it_goes():
    [record] = records_of([bytes([255]) * 64]).copy()
    cold = Cold("c", "e", type="dance", properties="{no json", position=1.0)
    shown = as_sent(record, cold)
    assert (shown["id"], shown["type"], shown["properties"]) == ("e", "dance", "{no json")
    record["kind"], record["off"], record["at"] = 1, 95, 1 << 62
    assert as_sent(record, cold)["timestamp"] == 1 << 62
