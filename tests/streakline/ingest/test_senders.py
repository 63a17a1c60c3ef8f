"""Senders: the request's, an event's own user agent, and what an admin may say of an event."""

from streakline.ingest.events import Event
from streakline.ingest.senders import HTTP_LIBRARY, Sender, Senders


def sender_of(by: Senders, **fields: object) -> Sender:
    return by.of(Event(**{"id": "e", "type": "like", "timestamp": 1, **fields}))  # type: ignore[arg-type]


def senders(**known: object) -> Senders:
    request = Sender(country="DE", user_agent="browser", **known)  # type: ignore[arg-type]
    return Senders(request, lambda text: request._replace(user_agent=text, device="tv"))


def test_an_event_without_a_user_agent_has_the_sender_of_its_request():
    assert sender_of(senders()) == Sender(country="DE", user_agent="browser")


def test_an_event_s_own_user_agent_tells_its_device():
    assert sender_of(senders(), userAgent="box") == Sender(country="DE", user_agent="box", device="tv")
    assert sender_of(senders(), userAgent="").user_agent == ""


def test_only_an_admin_says_where_an_event_came_from_and_that_it_was_a_robot_s():
    assert sender_of(senders(trusted=True), country="FR", bot=True) == Sender(
        trusted=True, country="DE", user_agent="browser"
    )
    said = sender_of(senders(admin=True), country="FR", bot=True)
    assert (said.country, said.bot_reason) == ("FR", "sender")
    assert sender_of(senders(admin=True), country="", bot=False).country == "DE"


def test_what_the_user_agent_says_goes_before_the_admin():
    assert sender_of(senders(admin=True, bot_reason="crawler"), bot=True).bot_reason == "crawler"
    assert sender_of(senders(admin=True, bot_reason="crawler"), bot=False).bot_reason == "crawler"


def test_an_admin_says_that_a_program_posted_an_event_and_is_no_robot():
    assert sender_of(senders(admin=True, bot_reason=HTTP_LIBRARY), bot=False).bot_reason == ""
    assert sender_of(senders(admin=True, bot_reason=HTTP_LIBRARY)).bot_reason == HTTP_LIBRARY
    assert sender_of(senders(trusted=True, bot_reason=HTTP_LIBRARY), bot=False).bot_reason == HTTP_LIBRARY
