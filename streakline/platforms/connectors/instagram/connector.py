"""Instagram by Instagram Login: an account, its days, its media and its stories."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from streakline import zones
from streakline.platforms.connectors.connector import Account, Defaults
from streakline.platforms.connectors.exchange import Ask, Asking, Reply, Unreadable, json_of, member
from streakline.platforms.connectors.faults import Fault, Faulty
from streakline.platforms.connectors.instagram import asks
from streakline.platforms.connectors.instagram.faults import ABSENT, closed_until, fault_of
from streakline.platforms.connectors.instagram.replies import (
    Insight,
    count,
    insights_of,
    moment,
    object_of,
    page_of,
)
from streakline.platforms.connectors.look import Look
from streakline.platforms.connectors.oauth import ClientApp, Tokens, tokens_of
from streakline.platforms.connectors.parts import part
from streakline.platforms.connectors.quotas import PACIFIC, Quota, Rate, midnight
from streakline.times import DAY_MS, HOUR_MS, SECOND_MS

INSIGHTS: Final = "instagram-insights"
GRAPH: Final = "instagram-graph"
LISTED: Final = DAY_MS
"""After so long all media are listed again: between, only the newest ones."""
CORRECTED: Final = 3
"""Days of the account that are asked for again: up to two days they change."""
NEWEST: Final = 25
OTHERS: Final = 25
"""Media whose numbers are asked for at each look: the newest ones, and others in turn."""
REFUSED: Final = 7 * DAY_MS
"""For which a number that was refused is not asked for again."""
YOUNGEST: Final = DAY_MS
"""A token that is younger is not prolonged."""
_WRONG: Final = "100"


class Instagram(Defaults):
    """The connector of Instagram."""

    name: str = "instagram"
    platform: str = "instagram"
    pace: int = 4 * HOUR_MS
    early: int = 53 * DAY_MS
    """A token of sixty days is prolonged after a week: one that has ended is lost."""
    addresses: Mapping[str, str] = {
        "authorize": "https://www.instagram.com/oauth/authorize",
        "token": "https://api.instagram.com",
        "data": "https://graph.instagram.com",
    }
    quotas: Mapping[str, Quota] = {asks.CALLS: Rate(200, HOUR_MS)}
    """As the document has it, of each account; the platform counts by impressions, and says how much is used."""

    def authorize(self, app: ClientApp, redirect: str, state: str, verifier: str) -> Ask:
        """Return the address that a person is sent to, to say yes."""
        return asks.authorize(app, redirect, state)

    def exchange(self, app: ClientApp, code: str, redirect: str, verifier: str, now: int) -> Asking[Tokens]:
        """Take a code for a token of an hour, and that for one of sixty days."""
        said = json_of((yield asks.exchange(app, code, redirect)).body)
        # Some answers hold a list of one.
        listed = member(said, "data")
        short = _tokens(listed[0] if isinstance(listed, list) and listed else said, now, None)
        return _tokens(json_of((yield asks.longer(app, short.access)).body), now, short)

    def refresh(self, app: ClientApp, tokens: Tokens, now: int) -> Asking[Tokens]:
        """Prolong a token by itself: there is no other to take it for."""
        if now - tokens.obtained < YOUNGEST:
            raise Faulty(Fault("refused", "a token is prolonged after a day at the earliest"))
        return _tokens(json_of((yield asks.refresh(tokens)).body), now, tokens)

    def revoke(self, app: ClientApp, tokens: Tokens) -> Ask | None:
        """Return what gives a grant back: nothing does."""
        return None

    def who(self, tokens: Tokens) -> Asking[Account]:
        """Ask whose account a grant is of."""
        me = object_of((yield asks.get("", "me", ("fields", "id,username"))))
        if not isinstance(me.get("id"), str):
            raise Unreadable("the answer of /me holds no id")
        return Account(me["id"], str(me.get("username") or ""))

    def look(self, look: Look) -> Asking[None]:
        """Ask for an account, its days, its media and its stories."""
        yield from part(look, "account", _account(look))
        for back in range(CORRECTED, 0, -1):
            yield from part(look, "days", _day(look, _pacific(look.now) - timedelta(days=back)))
        yield from part(look, "followers by day", _followers(look))
        yield from part(look, "media", _media(look))
        for id_, kind in _in_turn(look):
            yield from part(look, "media numbers", _numbers(look, id_, kind))
        yield from part(look, "stories", _stories(look))

    def fault_of(self, ask: Ask, reply: Reply, now: int) -> Fault | None:
        """Return why there is no use in a reply; None if there is."""
        return fault_of(reply, now)

    def closed_until(self, reply: Reply, now: int) -> int:
        """Return until when its quota is left alone by what a good reply says, ms."""
        return closed_until(reply, now)


def _tokens(said: Any, now: int, before: Tokens | None) -> Tokens:
    tokens = tokens_of(said, now, before, separator=",") if isinstance(said, dict) else None
    if tokens is None:
        raise Unreadable("the answer of the token endpoint holds no access_token")
    return tokens


def _source(reply: Reply, surface: str) -> tuple[str, str]:
    """Return the interface and the version that answered: an old one is another one, without a word."""
    return surface, reply.headers.get("facebook-api-version", asks.VERSION)[:20]


def _account(look: Look) -> Asking[None]:
    fields = ("fields", "id,username,followers_count,follows_count,media_count")
    reply = yield asks.get(look.account, "me", fields)
    me = object_of(reply)
    told = {
        "followers": count(me.get("followers_count")),
        "following": count(me.get("follows_count")),
        "posts": count(me.get("media_count")),
    }
    look.add("", told, reply.at, _source(reply, GRAPH))


def _day(look: Look, day: date) -> Asking[None]:
    """Ask for the totals of one day."""
    zone = zones.zone(PACIFIC)
    since, until = midnight(day, zone), midnight(day + timedelta(days=1), zone)
    more = (
        ("period", "day"),
        ("metric_type", "total_value"),
        ("since", str(since // SECOND_MS)),
        ("until", str(until // SECOND_MS)),
    )
    for reply, found in (yield from _careful(look, look.account, "account", tuple(asks.OF_DAYS), more)):
        told = {asks.OF_DAYS[one.name]: one.value for one in found if one.name in asks.OF_DAYS}
        look.add("", told, reply.at, _source(reply, INSIGHTS), _noon(day))


def _followers(look: Look) -> Asking[None]:
    """Ask for the new followers of days: none is told below a hundred followers."""
    more = (("period", "day"),)
    for reply, found in (yield from _careful(look, look.account, "account", ("follower_count",), more)):
        for one in found:
            # The end of a day may lie in the future, and in another zone than the Pacific's.
            if 0 < one.end <= look.now:
                day = _pacific(one.end - SECOND_MS)
                told = {"followersGained": one.value}
                look.add("", told, reply.at, _source(reply, INSIGHTS), _noon(day))


def _media(look: Look) -> Asking[None]:
    """List the media: all of them once a day, else what is new."""
    known: dict[str, str] = look.notes.get("media", {})
    whole = look.now - look.notes.get("listed", 0) >= LISTED
    found: dict[str, str] = {}
    after, has_more = "", True
    while has_more:
        more = (("after", after),) if after else ()
        query = (("fields", asks.FIELDS), ("limit", str(asks.LISTED)), *more)
        reply = yield asks.get(look.account, f"{look.account}/media", *query)
        page = page_of(reply)
        for one in page.data:
            id_, kind = str(one.get("id", "")), str(one.get("media_product_type", ""))
            found[id_] = kind
            if one.get("caption"):
                look.tell(id_, "post", str(one["caption"]), moment(one.get("timestamp")), reply.at)
        has_more = bool(page.after) and page.after != after and (whole or not found.keys() & known.keys())
        after = page.after
    look.notes["media"] = found if whole else {**found, **known}
    if whole:
        look.notes["listed"] = look.now


def _in_turn(look: Look) -> Sequence[tuple[str, str]]:
    """Return the media whose numbers are asked for now."""
    media = list(look.notes.get("media", {}).items())
    newest, others = media[:NEWEST], media[NEWEST:]
    if not others:
        return newest
    begin = int(look.notes.get("turn", 0)) % len(others)
    look.notes["turn"] = begin + OTHERS
    return newest + (others[begin:] + others[:begin])[:OTHERS]


def _numbers(look: Look, id_: str, kind: str) -> Asking[None]:
    names = asks.OF_KIND.get(kind)
    if names is None:
        return  # an advertisement, or a kind that is new
    for reply, found in (yield from _careful(look, id_, kind, tuple(names), ())):
        told = {}
        for one in found:
            name, times = names.get(one.name, ("", 1.0))
            if name:
                told[name] = one.value if times == 1 else round(one.value * times, 3)
        look.add(id_, told, reply.at, _source(reply, INSIGHTS))


def _stories(look: Look) -> Asking[None]:
    """Ask for stories, which are there for a day; of one that fewer than five have seen nothing is told."""
    reply = yield asks.get(look.account, f"{look.account}/stories", ("fields", asks.FIELDS))
    for one in page_of(reply).data:
        id_ = str(one.get("id", ""))
        yield from part(look, "story numbers", _numbers(look, id_, "STORY"))
        yield from part(look, "story taps", _taps(look, id_))


def _taps(look: Look, id_: str) -> Asking[None]:
    try:
        breakdown = ("breakdown", "story_navigation_action_type")
        reply = yield asks.insights(look.account, id_, ("navigation",), breakdown)
    except Faulty as faulty:
        if faulty.fault.code == ABSENT:
            return
        raise
    told: dict[str, int | None] = {}
    for one in page_of(reply).data:
        for broken in member(one, "total_value", "breakdowns") or ():
            for result in member(broken, "results") or ():
                name = asks.TAPS.get(str((member(result, "dimension_values") or [""])[0]))
                if name:
                    told[name] = count(member(result, "value"))
    look.add(id_, told, reply.at, _source(reply, INSIGHTS))


def _careful(
    look: Look, of: str, kind: str, metrics: Sequence[str], more: Sequence[tuple[str, str]]
) -> Asking[list[tuple[Reply, list[Insight]]]]:
    """Ask for numbers; one that is not offered refuses all, so halves are asked for until it is found."""
    no: dict[str, int] = look.notes.setdefault("no", {})
    wanted = [name for name in metrics if no.get(f"{kind}:{name}", 0) <= look.now]
    answers: list[tuple[Reply, list[Insight]]] = []
    waiting = [wanted] if wanted else []
    while waiting:
        some = waiting.pop()
        try:
            reply = yield asks.insights(look.account, of, some, *more)
        except Faulty as faulty:
            if faulty.fault.code == ABSENT:
                return answers
            if faulty.fault.code != _WRONG:
                raise
            if len(some) > 1:
                waiting += [some[: len(some) // 2], some[len(some) // 2 :]]
            else:
                no[f"{kind}:{some[0]}"] = look.now + REFUSED
        else:
            answers.append((reply, insights_of(reply)))
    return answers


def _pacific(ms: int) -> date:
    return datetime.fromtimestamp(ms / SECOND_MS, zones.zone(PACIFIC)).date()


def _noon(day: date) -> int:
    return round(datetime(day.year, day.month, day.day, 12, tzinfo=UTC).timestamp()) * SECOND_MS
