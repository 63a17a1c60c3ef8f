"""Replays: a dead letter that is whole gives its events back, as its sender's; any other says why it cannot."""

import base64
import json

import msgspec
import pytest

from streakline.ingest.replays import (
    ACCEPTED,
    Letter,
    NotReplayable,
    StillRefused,
    letter_of,
    replay_of,
    why_not,
)
from streakline.ingest.senders import SentBy
from streakline.streams.dead_letters import Body, dead_letter, sent_event, stream_entry
from streakline.streams.entries import Cold, Entry, Poison

PLAY = b'{"id": "p", "type": "play", "contentId": "song", "timestamp": 1700000000000, "sessionId": "s"}'
SENDER = SentBy(user_id="ann", country="DE", agent="an app")


def opened(entry: Entry) -> list[Cold]:
    raise Poison("nobody can open it")


def kept(where: str, body: Body, sender: bytes = b"") -> Letter:
    """Return a letter as its reader gets it of Redis."""
    _, _, _, _, _, _, *parts = dead_letter(where, "why", "1-1", body, sender)
    fields = [part if isinstance(part, bytes) else str(part).encode() for part in parts]
    return letter_of(b"7-0", dict(zip(fields[::2], fields[1::2], strict=True)))


def test_a_refused_event_is_its_first_senders() -> None:
    letter = kept("ingest", sent_event(PLAY), msgspec.json.encode(SENDER))
    assert (letter.id, letter.where, letter.error, letter.entry) == ("7-0", "ingest", "why", "1-1")
    [event], sent_by = replay_of(letter, opened)
    assert (event.id, event.contentId, sent_by) == ("p", "song", SENDER)
    assert why_not(letter, opened) is None


def test_an_event_that_archive_could_not_store_had_been_accepted() -> None:
    [event], sent_by = replay_of(kept("archive", sent_event(PLAY)), opened)
    assert (event.id, sent_by) == ("p", ACCEPTED)


def test_an_event_that_is_refused_again_says_why_and_may_be_tried() -> None:
    letter = kept("archive", sent_event(b'{"type": "play"}'))
    with pytest.raises(StillRefused, match="missing required field id"):
        replay_of(letter, opened)
    assert why_not(letter, opened) is None


@pytest.mark.parametrize(
    ("letter", "why"),
    [
        (kept("ingest", sent_event(PLAY)), "older build kept it, which did not write who sent it"),
        (kept("ingest", sent_event(PLAY), b"\xff"), "nobody can read who sent it"),
        (kept("ingest", sent_event(b"no json"), b"{}"), "no JSON"),
        (Letter("1-0", "ingest"), "older build kept it, which did not write what it holds"),
        (Letter("1-0", "ingest", form="verse", cut="0"), "'verse' is not known"),
        (Letter("1-0", "ingest", form="control", cut="0"), "give the command again"),
        (Letter("1-0", "archive", form="event", cut="17", body="{}"), "17 bytes of it were cut off"),
        (Letter("1-0", "viewers", form="entry", cut="0", body="{}"), "between parts"),
        (Letter("1-0", "archive", form="entry", cut="0", body="{}"), "nobody can read: format None"),
        (Letter("1-0", "archive", form="entry", cut="0", body="[]"), "nobody can read: Expected `object`"),
        (Letter("1-0", "archive", form="entry", cut="0", body='{"v": {"base64": "?"}}'), "Only base64 data"),
        (kept("archive", stream_entry({b"v": b"1", b"n": b"1", b"h": bytes(64), b"d": b"\xff"})), "nobody can"),
    ],
)  # fmt: skip
def test_a_letter_of_which_no_event_can_be_made_says_why(letter: Letter, why: str) -> None:
    with pytest.raises(NotReplayable, match=why) as refused:
        replay_of(letter, opened)
    assert why_not(letter, opened) == str(refused.value)


def test_bytes_that_are_no_text_spoil_no_letter() -> None:
    letter = letter_of(b"1-0", {b"where": b"\xff", b"body": b"\xff", b"other": b"x"})
    assert (letter.where, letter.body, letter.form) == ("\ufffd", "\ufffd", "")
    assert base64.b64decode(json.loads(stream_entry({b"v": b"\xff"}).json)["v"]["base64"]) == b"\xff"
