"""Stamping: every rule that reads one event."""

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streakline import kinds, rules
from streakline.dictionary import CAP, FIRST, OTHER, Dictionary
from streakline.entries import pack_cold, unpack_cold
from streakline.events import Event, Rejected, decode_batch
from streakline.profiles import PROFILES
from streakline.records import BOT, COUNTED, ENDED, FINISHED, NO_OFFSET, REPLAYED, TIMED, records_of
from streakline.stamping import Refused, Sender, Senders, Stamped, Stamper, hash64, identity64

NOW = 1_763_700_000_000
SEED = 7
PUBLIC = Sender(country="DE", device="mobile", browser="Firefox", os="Linux", user_agent="UA", referrer="R")
TRUSTED = Sender(trusted=True)
ADMIN = Sender(trusted=True, admin=True, country="DE")


def learnt(**values: list[str]) -> Dictionary:
    dictionary = Dictionary()
    for dimension, names in values.items():
        dictionary.learn(dimension, {name: FIRST + n for n, name in enumerate(names)})
    return dictionary


def stamper(**more) -> Stamper:
    dictionary = more.pop("dictionary", None) or learnt(country=["DE", "FR"], device=["mobile"])
    return Stamper(SEED, 4, dictionary, **more)


def event(**fields: object) -> Event:
    sent = {"id": "e1", "type": "play", "contentId": "c1", "userId": "u1", "timestamp": NOW, **fields}
    sent = {name: value for name, value in sent.items() if value is not None}
    [(_, decoded)] = decode_batch(json.dumps([sent]).encode()).events
    return decoded


def stamped(sender: Sender = PUBLIC, *, by: Stamper | None = None, **fields: object) -> Stamped:
    return (by or stamper()).stamp(event(**fields), sender, NOW)


def record(sender: Sender = PUBLIC, **fields: object):
    return records_of([stamped(sender, **fields).record])[0]


# --- refusals -------------------------------------------------------------------------------------------------


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


@pytest.mark.parametrize("kind", ["freeze", "pause", "repair", "settings", "content", "creator", "metric"])
def test_facts_and_streaks_are_a_trusted_sender_s(kind):
    assert record(TRUSTED, type=kind)["kind"] == kinds.KINDS[kind]
    with pytest.raises(Refused, match="scope write"):
        stamped(type=kind)


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
            result = by.stamp(decoded, sender, NOW)
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
            alone.append(by.stamp(decoded, own, NOW))
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
            row = records_of([stamper().stamp(decoded, sender, NOW).record])[0]
        except Refused:
            continue
        kind = rules.kind_of(decoded, trusted=sender.trusted)
        assert (row["kind"], row["at"], row["start"], row["off"]) == (
            kind,
            *rules.times_of(decoded, kind, NOW),
        )


# --- who, what, where -----------------------------------------------------------------------------------------


def test_identity_is_content_start_and_id():
    row = record(timestamp=NOW - 5)
    assert row["id64"] == identity64("c1", NOW - 5, "e1", SEED)
    assert row["content64"] == hash64("c1", SEED)
    assert stamped().cold.id == "e1"


def test_all_events_of_a_play_have_one_identity():
    start = stamped(type="play_start", playId="p1", id="a")
    heartbeat = stamped(type="heartbeat", playId="p1", id="b", timestamp=NOW + 9, startedAt=NOW)
    end = stamped(playId="p1", id="c", startedAt=NOW)
    rows = records_of([start.record, heartbeat.record, end.record])
    assert len(set(rows["id64"].tolist())) == 1
    assert {one.cold.id for one in (start, heartbeat, end)} == {"p1"}
    assert rows["start"].tolist() == [NOW] * 3
    assert rows["at"].tolist() == [NOW, NOW + 9, NOW]


def test_a_play_id_is_no_identity_of_what_is_no_play():
    assert stamped(type="like", playId="p1").cold.id == "e1"


@pytest.mark.parametrize(
    ("fields", "listener"),
    [
        ({"anonymousId": "a", "sessionId": "s"}, "u1"),
        ({"userId": None, "anonymousId": "a", "sessionId": "s"}, "a"),
        ({"userId": None, "sessionId": "s"}, "s"),
    ],
)
def test_a_listener_is_a_user_else_an_anonymous_id_else_a_session(fields, listener):
    assert record(**fields)["listener64"] == hash64(listener, SEED)


def test_the_subject_of_a_token_replaces_the_user():
    result = stamped(Sender(user_id="me"))
    assert result.cold.userId == "me"
    assert records_of([result.record])[0]["listener64"] == hash64("me", SEED)


@given(st.text(min_size=1, max_size=9), st.text(min_size=1, max_size=9))
def test_a_content_lives_in_one_shard_whoever_listens(content, user):
    place = stamped(type="like", contentId=content, userId="u1").shard
    assert stamped(type="play", contentId=content, userId=user).shard == place == hash64(content, SEED) % 4


def test_what_has_no_content_is_placed_by_its_creator_else_its_listener():
    assert stamped(type="follow", contentId=None, creatorId="m").shard == hash64("m", SEED) % 4
    assert stamped(type="follow", contentId=None).shard == hash64("u1", SEED) % 4


def test_another_seed_gives_other_hashes():
    other = Stamper(8, 4, learnt(country=["DE"], device=["mobile"]))
    assert stamped(by=other).record[:24] != stamped().record[:24]


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({"type": "like"}, "like"),
        ({"type": "like", "action": "like"}, "like"),
        ({"type": "like", "action": "unlike"}, "unlike"),
        ({"type": "save", "action": "unsave"}, "unsave"),
        ({"type": "follow", "action": "unfollow"}, "unfollow"),
        ({"type": "follow", "action": "whatever"}, "follow"),
        ({"type": "unlike"}, "unlike"),
        ({"type": "mashup_shared"}, "share"),
    ],
)
def test_the_kind_comes_from_type_and_action(fields, kind):
    assert record(**fields)["kind"] == kinds.KINDS[kind]


def test_aliases_of_the_documents_are_stamped_like_the_wire_s_own_names():
    ours = stamped(type="play", contentId="m1", contentType="mashup", creatorId="a1")
    theirs = stamped(type="mashup_played", contentId=None, mashupId="m1", artistId="a1")
    assert ours == theirs


@pytest.mark.parametrize(
    ("sent", "code"), [(None, 0), ("track", 2), ("sound", 16), ("hologram", 1), ("other", 1)]
)
def test_content_types_are_coded_and_kept_as_sent(sent, code):
    assert record(contentType=sent)["ctype"] == code
    assert stamped(contentType=sent).cold.contentType == (sent or "")


def test_cold_rows_keep_what_was_sent():
    cold = stamped(
        parentId="show", creatorId="m", anonymousId="a", sessionId="s", playlistId="l", genre="jazz", title="T",
        position=12, tz="Europe/Berlin",
    ).cold  # fmt: skip
    assert (cold.contentId, cold.parentId, cold.creatorId, cold.playlistId) == ("c1", "show", "m", "l")
    assert (cold.userId, cold.anonymousId, cold.sessionId) == ("u1", "a", "s")
    assert (cold.genre, cold.title, cold.position, cold.tz) == ("jazz", "T", 12.0, "Europe/Berlin")
    assert (cold.browser, cold.os, cold.userAgent, cold.referrer) == ("Firefox", "Linux", "UA", "R")
    assert (cold.type, cold.properties, cold.botReason, cold.sent) == ("play", "", "", {})


def test_long_texts_are_cut_and_the_event_s_own_agent_and_referrer_come_first():
    long = "x" * 600
    cold = stamped(userAgent=long, referrer=long, genre=long, title=long, contentType=long).cold
    assert {
        len(text) for text in (cold.userAgent, cold.referrer, cold.genre, cold.title, cold.contentType)
    } == {500}


# --- zones ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "quarters"),
    [
        ({}, NO_OFFSET),
        ({"timestamp": "2025-11-21T04:40:00Z"}, NO_OFFSET),
        ({"timestamp": "2025-11-21T04:40:00+00:00"}, 0),
        ({"timestamp": "2025-11-21T10:10:00+05:30"}, 22),
        ({"timestamp": "2025-11-21T01:10:00-03:30"}, -14),
        ({"tz": "UTC"}, 0),
        ({"tz": "Asia/Kathmandu"}, 23),
        ({"tz": "Pacific/Chatham"}, 55),
        ({"tz": "America/St_Johns"}, -14),
        ({"tz": "Europe/Berlin", "timestamp": "2025-11-21T10:10:00+05:30"}, 4),
        ({"tz": "Europe/Berlin", "timestamp": "2025-03-30T00:59:59.999Z"}, 4),
        ({"tz": "Europe/Berlin", "timestamp": "2025-03-30T01:00:00Z"}, 8),
        ({"tz": "Europe/Berlin", "timestamp": "2024-10-27T00:59:59Z"}, 8),
        ({"tz": "Europe/Berlin", "timestamp": "2024-10-27T01:00:00Z"}, 4),
        ({"tz": "Australia/Lord_Howe", "timestamp": "2025-01-01T00:00:00Z"}, 44),
        ({"tz": "Australia/Lord_Howe", "timestamp": "2025-06-01T00:00:00Z"}, 42),
        # Until 2011 Newfoundland changed its clocks a minute after midnight, off the quarter hour.
        ({"tz": "America/St_Johns", "timestamp": "2009-11-01T02:30:59Z"}, -10),
        ({"tz": "America/St_Johns", "timestamp": "2009-11-01T02:31:00Z"}, -14),
    ],
)  # fmt: skip
def test_the_offset_is_the_zone_s_at_that_moment_in_quarter_hours(fields, quarters):
    assert record(**fields)["off"] == quarters


def test_the_zone_of_a_play_is_that_of_its_start():
    row = record(
        type="heartbeat", playId="p", tz="Europe/Berlin",
        timestamp="2025-03-30T01:10:00Z", startedAt="2025-03-30T00:50:00Z",
    )  # fmt: skip
    assert row["off"] == 4


# --- what counts ----------------------------------------------------------------------------------------------


def flags(**fields: object) -> int:
    return int(record(**fields)["flags"])


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"duration": 20}, TIMED | COUNTED | FINISHED | ENDED),
        ({"duration": 19.999}, TIMED | ENDED),
        ({"duration": 20, "contentDuration": 200}, TIMED | COUNTED | ENDED),
        ({"duration": 180, "contentDuration": 200}, TIMED | COUNTED | FINISHED | ENDED),
        ({"duration": 12, "contentDuration": 12}, TIMED | COUNTED | FINISHED | ENDED),
        ({"duration": 11, "contentDuration": 12}, TIMED | ENDED),
        ({"duration": 30, "completionRate": 89.9}, TIMED | COUNTED | ENDED),
        ({"duration": 30, "completionRate": 90}, TIMED | COUNTED | FINISHED | ENDED),
        ({"duration": 10, "completionRate": 100}, TIMED | ENDED),
        ({}, COUNTED | FINISHED | ENDED),
        ({"replayed": True, "duration": 1}, TIMED | REPLAYED | ENDED),
        ({"replayed": False, "duration": 1}, TIMED | ENDED),
        ({"type": "play_start", "playId": "p"}, TIMED),
        ({"type": "heartbeat", "playId": "p", "startedAt": NOW, "duration": 20}, TIMED | COUNTED | FINISHED),
        ({"type": "like", "duration": 99}, 0),
    ],
)
def test_flags_say_what_a_play_counts_for(fields, expected):
    assert flags(**fields) == expected


@pytest.mark.parametrize(
    ("profile", "counted_from"),
    [("default-20s", 20), ("stream-30s", 30), ("scrobble-half-or-4min", 100), ("any-start", 0)],
)
def test_the_profile_decides_and_stands_in_the_record(profile, counted_from):
    by = stamper(profile=profile)
    for duration in (0, 19, 20, 29, 30, 99, 100):
        [row] = records_of([stamped(by=by, duration=duration, contentDuration=200).record])
        assert bool(row["flags"] & COUNTED) == (duration >= counted_from)
        assert row["profile"] == PROFILES[profile].code


def test_a_source_may_have_its_own_profile():
    by = stamper(overrides={"radio": "any-start"})
    one, two = (records_of([stamped(by=by, duration=1, source=s).record])[0] for s in ("radio", "feed"))
    assert (one["profile"], bool(one["flags"] & COUNTED)) == (4, True)
    assert (two["profile"], bool(two["flags"] & COUNTED)) == (1, False)


@pytest.mark.parametrize(
    ("fields", "dur", "length", "completion"),
    [
        ({"duration": 12.3456}, 12_346, 0, 65_535),
        ({"duration": 50, "contentDuration": 200}, 50_000, 200_000, 250),
        ({"duration": 300, "contentDuration": 200}, 300_000, 200_000, 1000),
        ({"completionRate": 12.34}, 0, 0, 123),
        ({"duration": 50, "contentDuration": 200, "completionRate": 99}, 50_000, 200_000, 990),
        ({"contentDuration": 200}, 0, 200_000, 65_535),
        ({"type": "like", "contentDuration": 200, "completionRate": 50, "duration": 5}, 0, 200_000, 65_535),
        ({"type": "content", "duration": 180}, 0, 180_000, 65_535),
        ({"type": "content", "duration": 180, "contentDuration": 200}, 0, 180_000, 65_535),
        ({"type": "content", "contentDuration": 200}, 0, 200_000, 65_535),
        ({"type": "content", "duration": 0, "contentDuration": 200}, 0, 200_000, 65_535),
    ],
)
def test_durations_are_ms_and_completion_is_per_mille(fields, dur, length, completion):
    row = record(TRUSTED, **fields)
    assert (row["dur"], row["length"], row["completion"]) == (dur, length, completion)


# --- robots, countries, codes ---------------------------------------------------------------------------------


def test_a_robot_is_flagged_with_its_reason():
    sender = Sender(bot_reason="crawler")
    assert record(sender)["flags"] & BOT
    assert stamped(sender).cold.botReason == "crawler"


def test_only_an_admin_may_call_an_event_a_robot_s():
    assert record(ADMIN, bot=True)["flags"] & BOT
    assert stamped(ADMIN, bot=True).cold.botReason == "sender"
    assert not record(TRUSTED, bot=True)["flags"] & BOT
    assert not record(ADMIN, bot=False)["flags"] & BOT


def test_only_an_admin_may_say_the_country():
    assert stamped(ADMIN, country="FR").cold.country == "FR"
    assert stamped(ADMIN).cold.country == "DE"
    assert stamped(PUBLIC, country="FR").cold.country == "DE"


def test_dimensions_are_coded_and_what_is_not_given_is_zero():
    by = stamper(
        dictionary=learnt(source=["feed", "radio"], platform=["web"], country=["DE"], device=["mobile"])
    )
    result = stamped(by=by, source="radio", platform="web")
    assert records_of([result.record])[0]["dims"].tolist() == [3, 2, 2, 2]
    assert (result.cold.source, result.cold.platform) == ("radio", "web")
    bare = stamped(Sender(), by=by)
    assert records_of([bare.record])[0]["dims"].tolist() == [0, 0, 0, 0]
    assert (bare.cold.source, bare.cold.sent) == ("", {})


def test_values_that_need_a_code_first_are_told():
    by = stamper()
    assert by.missing(event(source="feed", platform="x" * 600), PUBLIC) == [
        ("source", "feed"),
        ("platform", "x" * 500),
    ]
    assert by.missing(event(country="FR"), ADMIN) == []
    assert by.missing(event(country="US"), ADMIN) == [("country", "US")]
    assert by.missing(event(), Sender(device="tv")) == [("device", "tv")]


def test_past_the_cap_a_value_counts_as_other_and_the_row_keeps_what_was_sent():
    by = stamper(dictionary=learnt(source=[f"s{n}" for n in range(CAP)]))
    assert by.missing(event(source="new"), Sender()) == []
    result = stamped(Sender(), by=by, source="new")
    assert records_of([result.record])[0]["dims"].tolist() == [OTHER, 0, 0, 0]
    assert (result.cold.source, result.cold.sent) == ("other", {"source": "new"})
    assert stamped(Sender(), by=by, source="s5").cold.source == "s5"


def test_who_sends_other_is_counted_as_other_without_a_remark():
    result = stamped(source="other")
    assert records_of([result.record])[0]["dims"][0] == OTHER
    assert (result.cold.source, result.cold.sent) == ("other", {})


def test_a_value_that_was_given_no_code_counts_as_other():
    assert stamped(source="unlearnt").cold.sent == {"source": "unlearnt"}


# --- properties -----------------------------------------------------------------------------------------------


def test_properties_are_json_with_the_named_ones_that_counting_does_not_read():
    cold = stamped(
        properties={"mood": "calm", "rating": 1}, skipped=True, autoplay=False, rating=4.5, name="n", value=3,
        createdAt=NOW, action="x",
    ).cold  # fmt: skip
    assert json.loads(cold.properties) == {
        "mood": "calm", "skipped": True, "autoplay": False, "rating": 4.5, "name": "n", "value": 3,
        "createdAt": NOW, "action": "x",
    }  # fmt: skip


def test_properties_of_the_event_are_left_as_they_are():
    sent = event(properties={"a": 1}, skipped=True)
    stamper().stamp(sent, PUBLIC, NOW)
    assert sent.properties == {"a": 1}
    assert stamped(properties={}).cold.properties == ""


def test_a_value_that_gets_its_code_later_is_no_longer_other():
    dictionary = learnt()
    by = stamper(dictionary=dictionary)
    assert stamped(by=by, source="new").cold.source == "other"
    dictionary.learn("source", {"new": FIRST})
    assert stamped(by=by, source="new").cold.source == "new"
