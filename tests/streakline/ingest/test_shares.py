"""A share is an event of an app; what is none is refused by the name of its member."""

import msgspec
import pytest

from streakline.ingest.events import Event
from streakline.ingest.shares import BadShare, share_event

GOOD = {"appId": "chess", "platform": "whatsapp", "sessionId": "s-1"}


def made(body: object, **more: str | None) -> Event:
    about: dict[str, str | None] = {"user": None, "referrer": ""} | more
    raw = body if isinstance(body, bytes) else msgspec.json.encode(body)
    return share_event(raw, at_ms=1_000, new_id="made", **about)  # type: ignore[arg-type]


@pytest.mark.parametrize("spelling", [str, lambda name: name[0].upper() + name[1:]])
def test_both_spellings_of_the_document_make_the_same_event(spelling):
    event = made({spelling(name): value for name, value in GOOD.items()}, user="ann", referrer="https://x/y")
    assert (event.id, event.type, event.timestamp) == ("made", "share", 1_000)
    assert (event.contentId, event.contentType, event.platform) == ("chess", "app", "whatsapp")
    assert (event.sessionId, event.userId, event.referrer) == ("s-1", "ann", "https://x/y")


def test_an_id_of_the_senders_own_is_kept():
    assert made(GOOD | {"id": "share-7"}).id == "share-7"


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({**GOOD, "platform": "x" * 51}, "platform"),
        ({**GOOD, "sessionId": "x" * 101}, "sessionId"),
        ({**GOOD, "appId": ""}, "appId"),
        ({**GOOD, "appId": 7}, "appId"),
        ({"appId": "chess"}, "platform, sessionId"),
        ([GOOD], "object"),
        (b"{", "no share"),
        (b"\xff", "no share"),
        (b"[" * 100_000, "no share"),
    ],
)
def test_what_is_no_share_is_refused_by_name(body: object, named: str):
    with pytest.raises(BadShare, match=named):
        made(body)
