"""What personal events of a person add up to: settings, freezes, pauses and repairs, as a pure function of their set.

Of one id the earliest event stands, and none once any event takes that id back: whatever comes first, however often.
Of each setting the newest that is stated holds, for all of history.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from streakline import zones
from streakline.ingest.personal.fields import FREEZE, PAUSE, REPAIR, SETTINGS, UNDOES
from streakline.people.local_days import day_of
from streakline.people.streak_rules import DEFAULT_RULES, Freeze, Pause, Repair, StreakRules
from streakline.streak_limits import MODES, Mode

_ORDER: Final = msgspec.json.Encoder(order="deterministic").encode
_READ: Final = msgspec.json.Decoder(dict[str, Any])


class PersonalEvent(NamedTuple):
    """A stored personal event."""

    kind: str
    """`freeze`, `pause`, `repair` or `settings`."""
    id: str
    at: int
    """Its timestamp, ms UTC."""
    properties: str
    """Its fields as a JSON object; "" for none."""


class Personal(msgspec.Struct, frozen=True):
    """What is stated of a person, each by its id and in order of time."""

    zone: ZoneInfo | None = None
    """For plays that name none, and for what today is; None where nobody stated one."""
    mode: Mode = DEFAULT_RULES.mode
    weekends_off: bool = DEFAULT_RULES.weekends_off
    freezes: tuple[Freeze, ...] = ()
    pauses: tuple[tuple[str, Pause], ...] = ()
    repairs: tuple[tuple[str, Repair], ...] = ()

    def rules(self, mode: Mode | None = None) -> StreakRules:
        """Return how the person's streak is counted, by another mode where one is given."""
        return StreakRules(
            mode=mode or self.mode,
            weekends_off=self.weekends_off,
            freezes=frozenset(self.freezes),
            pauses=frozenset(pause for _, pause in self.pauses),
            repairs=frozenset(repair for _, repair in self.repairs),
        )


NOTHING_STATED: Final = Personal()


class _Read(NamedTuple):
    """A personal event and what it says, comparable by time, then by id and text: no two that differ are equal."""

    at: int
    id: str
    text: bytes
    fields: Mapping[str, Any]


def personal_of(events: Iterable[PersonalEvent], as_of: int) -> Personal:
    """Return what is stated of a person.

    Args:
        events: of one person, in any order, repeated or not. What cannot be used is left out: older builds took events
            whose fields nobody had checked.
        as_of: what was stated after this moment (ms) is not known yet.
    """
    by_kind: dict[str, list[_Read]] = {kind: [] for kind in (FREEZE, PAUSE, REPAIR, SETTINGS)}
    for one in events:
        if one.at <= as_of and one.kind in by_kind:
            fields = _fields(one.properties)
            by_kind[one.kind].append(_Read(one.at, one.id, _ORDER(fields), fields))
    return Personal(
        **_settings(by_kind[SETTINGS]),
        freezes=tuple(Freeze(one.at, one.id) for one in _standing(by_kind[FREEZE])),
        pauses=tuple(
            (one.id, pause) for one in _standing(by_kind[PAUSE]) if (pause := _pause(one)) is not None
        ),
        repairs=tuple(
            (one.id, Repair(day, one.at))
            for one in _standing(by_kind[REPAIR])
            if (day := _day(one.fields.get("day"))) is not None
        ),
    )


def _fields(properties: str) -> dict[str, Any]:
    try:
        return _READ.decode(properties) if properties else {}
    except msgspec.MsgspecError:
        return {}  # which says nothing


def _standing(events: list[_Read]) -> list[_Read]:
    """Return the earliest event of each id that none takes back, in order of time."""
    undone = {one.fields[UNDOES] for one in events if isinstance(one.fields.get(UNDOES), str)}
    first: dict[str, _Read] = {}
    for one in sorted(events, key=lambda one: one[:3]):
        if UNDOES not in one.fields:
            first.setdefault(one.id, one)
    return [one for one in first.values() if one.id not in undone]


def _settings(events: list[_Read]) -> dict[str, Any]:
    """Return of each setting the newest usable value."""
    found: dict[str, Any] = {}
    for one in sorted(events, key=lambda one: one[:3]):
        zone, mode, weekends = (one.fields.get(name) for name in ("zone", "mode", "weekendsOff"))
        if isinstance(zone, str) and (known := _zone(zone)) is not None:
            found["zone"] = known
        if mode in MODES:
            found["mode"] = mode
        if isinstance(weekends, bool):
            found["weekends_off"] = weekends
    return found


def _zone(name: str) -> ZoneInfo | None:
    try:
        return zones.zone(name)
    except ValueError:
        return None


def _pause(one: _Read) -> Pause | None:
    first, last = _day(one.fields.get("from")), _day(one.fields.get("to"))
    if first is None or last is None:
        return None
    try:
        return Pause(first, last)
    except ValueError:
        return None


def _day(value: object) -> int | None:
    try:
        return day_of(date.fromisoformat(value)) if isinstance(value, str) else None
    except ValueError:
        return None
