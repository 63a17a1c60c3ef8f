"""What is stated of a person's streak, freezes, pauses, repairs and settings: written as events, read from history."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Final

import msgspec
from aiohttp import web

from server.api.people.rows import Person, answer_of
from server.door.answers import Answer, answer
from server.door.owners import person_written_for
from server.door.parameters import Parameters
from server.ingest.admission import Admitted, admit, charge, let_in
from server.ingest.one_event import write_one
from server.person_history import Known
from server.problems import Problem
from server.resources.clock import CLOCK
from streakline.ingest.events import Event
from streakline.ingest.personal.fields import FREEZE, PAUSE, REPAIR, SETTINGS
from streakline.ingest.personal.posted import BadPersonal, personal_event, undoing_event
from streakline.people.local_days import date_of, day_of, local_day
from streakline.people.personal.repairable import repairable
from streakline.people.personal.spent import State, spent
from streakline.people.streak_rules import holding
from streakline.people.streaks import streak_of
from streakline.streak_limits import MOST_FREEZES
from streakline.times import iso

PARAMETERS: Final = ("tz", "asOf")
CODE: Final = "personal-event"


class StatedPersonal(Answer):
    """A statement that was taken, and how far `GET /api/v1/settled` has to be until it shows everywhere."""

    id: str
    position: str


class GotFreeze(Answer):
    """A freeze and what became of it.

    Attributes:
        id: its id.
        day: on which it was got, by the person's calendar.
        at: the moment of that, RFC 3339.
        state: `held`, `used`, or `lost` where as many were held as can be.
        used_for: the day that it covers, if it was used.
    """

    id: str
    day: str
    at: str
    state: State
    used_for: str | None


class HeldFreezes(Answer):
    """Freezes of a person: how many are left, the most that can be held, the days that one covers, all there were."""

    balance: int
    most: int
    used: list[str]
    got: list[GotFreeze]


class StatedPause(Answer):
    """Days that need no play, both ends among them."""

    id: str
    first: str = msgspec.field(name="from")
    last: str = msgspec.field(name="to")


class StatedRepair(Answer):
    """A day that was taken back; `holds` is false of one that was made too late, or too soon after another."""

    id: str
    day: str
    at: str
    holds: bool


class MissedDay(Answer):
    """A missed day that can be repaired: the current streak there would be, and how many days more than now."""

    day: str
    current_streak: int
    gained: int


class StatedPerson(Answer):
    """What is stated of a person's streak.

    Attributes:
        user_id: whose it is.
        zone: null where nobody stated one.
        mode: how days are counted.
        weekends_off: whether Saturday and Sunday need no play.
        freezes: those that were got.
        pauses: each with its days.
        repairs: each with its day.
        repairable: missed days of which a repair that is made now holds, in order.
        next_repair: the first day on which another repair holds; null if that is today.
        tz: by which days are told.
        as_of: of when it is, RFC 3339.
    """

    user_id: str
    zone: str | None
    mode: str
    weekends_off: bool
    freezes: HeldFreezes
    pauses: list[StatedPause]
    repairs: list[StatedRepair]
    repairable: list[MissedDay]
    next_repair: str | None
    tz: str
    as_of: str


async def get_person(request: web.Request) -> web.Response:
    """`GET /api/v1/people/{id}`: settings, freezes, pauses and repairs of a person.

    Parameters: `tz`, `asOf`. Needs `read:self`. Answer: golden `person`; 403 `owner` for another's.
    """
    return await answer_of(request, Person.asked(request, Parameters(request, *PARAMETERS)), stated_person)


def stated_person(known: Known) -> StatedPerson:
    """Return what is stated of a person."""
    personal, as_of, zone, plays = known.personal, known.as_of, known.zone, known.rows.counted
    rules = personal.rules()
    streak = streak_of(plays, as_of, zone, rules)
    held = streak.freezes
    used = [day_of(date.fromisoformat(day)) for day in held.used]
    standing = holding(rules.repairs, as_of, zone)
    to_repair = repairable(plays, streak.current_streak, used, as_of, zone, rules)
    return StatedPerson(
        user_id=known.id,
        zone=personal.zone.key if personal.zone else None,
        mode=personal.mode,
        weekends_off=personal.weekends_off,
        freezes=HeldFreezes(
            balance=held.balance,
            most=MOST_FREEZES,
            used=list(held.used),
            got=[
                GotFreeze(
                    id=one.freeze.id,
                    day=_text(local_day(one.freeze.at, zone)),
                    at=iso(one.freeze.at),
                    state=one.state,
                    used_for=None if one.day is None else _text(one.day),
                )
                for one in spent(personal.freezes, used, as_of, zone)
            ],
        ),
        pauses=[StatedPause(id_, _text(one.first), _text(one.last)) for id_, one in personal.pauses],
        repairs=[
            StatedRepair(id_, _text(one.day), iso(one.at), one in standing) for id_, one in personal.repairs
        ],
        repairable=[
            MissedDay(
                day=_text(one.day),
                current_streak=one.current_streak,
                gained=one.current_streak - streak.current_streak,
            )
            for one in to_repair.days
        ],
        next_repair=None if to_repair.again is None else _text(to_repair.again),
        tz=zone.key,
        as_of=iso(as_of),
    )


def _text(day: int) -> str:
    return date_of(day).isoformat()


async def put_person(request: web.Request) -> web.Response:
    """`PUT /api/v1/people/{id}`: state settings of a person; what is not named stays as it is.

    Needs `write:self` of the person, or `write`. Answer: golden `personal_stated`; 400 `personal-event`, 403 `owner`
    for another's.
    """
    return await _state(request, SETTINGS)


async def post_freeze(request: web.Request) -> web.Response:
    """`POST /api/v1/people/{id}/freezes`: a freeze that a person got; as `put_person`."""
    return await _state(request, FREEZE)


async def post_pause(request: web.Request) -> web.Response:
    """`POST /api/v1/people/{id}/pauses`: days that need no play; as `put_person`."""
    return await _state(request, PAUSE)


async def post_repair(request: web.Request) -> web.Response:
    """`POST /api/v1/people/{id}/repairs`: a missed day that is taken back; as `put_person`."""
    return await _state(request, REPAIR)


async def delete_freeze(request: web.Request) -> web.Response:
    """`DELETE /api/v1/people/{id}/freezes/{which}`: take a freeze back, come or to come; as `put_person`."""
    return await _take_back(request, FREEZE)


async def delete_pause(request: web.Request) -> web.Response:
    """`DELETE /api/v1/people/{id}/pauses/{which}`: take a pause back; as `delete_freeze`."""
    return await _take_back(request, PAUSE)


async def delete_repair(request: web.Request) -> web.Response:
    """`DELETE /api/v1/people/{id}/repairs/{which}`: take a repair back; as `delete_freeze`."""
    return await _take_back(request, REPAIR)


async def _state(request: web.Request, kind: str) -> web.Response:
    person, _ = person_written_for(request)
    Parameters(request)
    admitted = await admit(request)
    try:
        event = personal_event(
            kind, admitted.body, user=person, at_ms=request.app[CLOCK].now_ms(), new_id=str(uuid.uuid4())
        )
    except BadPersonal as error:
        raise Problem(400, CODE, str(error)) from error
    return await _written(request, admitted, event, event.id)


async def _take_back(request: web.Request, kind: str) -> web.Response:
    person, grant = person_written_for(request)
    Parameters(request)
    undone = request.match_info["which"]
    at_ms = request.app[CLOCK].now_ms()
    event = undoing_event(kind, undone, user=person, at_ms=at_ms, new_id=str(uuid.uuid4()))
    return await _written(request, Admitted(grant, let_in(request, grant), b""), event, undone)


async def _written(request: web.Request, admitted: Admitted, event: Event, named: str) -> web.Response:
    charge(request, admitted, 1)
    receipt = await write_one(request, admitted, event, CODE)
    return answer(StatedPersonal(id=named, position=receipt.position), status=202)
