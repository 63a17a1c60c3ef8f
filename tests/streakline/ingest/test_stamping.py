"""Stamping: every rule that reads one event."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proofs.running.stamping import missing, stamp
from stamped_events import ADMIN, NOW, PUBLIC, SEED, TRUSTED, event, learnt, record, stamped, stamper
from streakline import kinds
from streakline.ingest.stamping import Sender, Stamper
from streakline.streams.dictionary import CAP, FIRST, OTHER
from streakline.streams.hashing import hash64, identity64
from streakline.streams.records import BOT, DEVICE, NAMED, records_of

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


@pytest.mark.parametrize(
    ("fields", "flag"),
    [
        ({"anonymousId": "a", "sessionId": "s"}, NAMED),
        ({"userId": None, "anonymousId": "a", "sessionId": "s"}, DEVICE),
        ({"userId": None, "sessionId": "s"}, 0),
        ({"type": "like"}, NAMED),
        ({"type": "like", "userId": None, "anonymousId": "a"}, DEVICE),
    ],
)
def test_the_record_says_whether_the_listener_is_named_or_a_device(fields, flag):
    assert record(**fields)["flags"] & (NAMED | DEVICE) == flag


def test_the_subject_of_a_token_replaces_the_user():
    result = stamped(Sender(user_id="me"), userId=None, anonymousId="a")
    assert result.cold.userId == "me"
    [row] = records_of([result.record])
    assert (row["listener64"], row["flags"] & (NAMED | DEVICE)) == (hash64("me", SEED), NAMED)


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
    assert missing(by, event(source="feed", platform="x" * 600), PUBLIC, NOW) == [
        ("source", "feed"),
        ("platform", "x" * 500),
    ]
    assert missing(by, event(country="FR"), ADMIN, NOW) == []
    assert missing(by, event(country="US"), ADMIN, NOW) == [("country", "US")]
    assert missing(by, event(), Sender(device="tv"), NOW) == [("device", "tv")]


def test_past_the_cap_a_value_counts_as_other_and_the_row_keeps_what_was_sent():
    by = stamper(dictionary=learnt(source=[f"s{n}" for n in range(CAP)]))
    assert missing(by, event(source="new"), Sender(), NOW) == []
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
    stamp(stamper(), sent, PUBLIC, NOW)
    assert sent.properties == {"a": 1}
    assert stamped(properties={}).cold.properties == ""


def test_a_value_that_gets_its_code_later_is_no_longer_other():
    dictionary = learnt()
    by = stamper(dictionary=dictionary)
    assert stamped(by=by, source="new").cold.source == "other"
    dictionary.learn("source", {"new": FIRST})
    assert stamped(by=by, source="new").cold.source == "new"
