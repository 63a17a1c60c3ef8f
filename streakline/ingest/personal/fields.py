"""Personal events: what is said of a person's streak, as an event or by endpoints of its own.

Their fields become properties of the event, so that an export, a dead letter and the live flow have them where all else
of it is. A field may come as a property too: an exported event is then the same event again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final

from streakline import zones
from streakline.ingest.events import Event, Scalar
from streakline.ingest.rules import Refused, free_properties, json_text
from streakline.streak_limits import LONGEST_PAUSE, MODES, REPAIR_BACK
from streakline.times import DAY_MS, HOUR_MS, iso

FREEZE, PAUSE, REPAIR, SETTINGS = "freeze", "pause", "repair", "settings"
UNDOES: Final = "undoes"
"""The field of an event that takes another one back, with the id of that one: for ever, whichever comes first."""
LONGEST_ID: Final = 200
_DATE: Final = re.compile(r"20\d\d-\d\d-\d\d")
_BEHIND, _AHEAD = 12 * HOUR_MS, 14 * HOUR_MS
"""How far clocks of the earth are behind UTC and ahead of it."""
_MEMBERS: Final = {"from": "from_"}
"""Field -> its name in Python, where that is another."""


def personal_text(event: Event, user: str, at: int) -> str:
    """Return the properties of a personal event, its fields among them, as a JSON object.

    Args:
        event: of a kind in `streakline.kinds.PERSONAL`.
        user: whose it is; "" for nobody's.
        at: its timestamp, ms UTC.

    Raises:
        Refused: if it is nobody's, a field is missing, or one cannot be used.
    """
    kind = event.type
    if not user:
        msg = f"userId is missing; a {kind} is of a person"
        raise Refused(msg)
    if event.action is not None:
        msg = (
            f"action {event.action[:40]!r} of a {kind} is not known; to take one back, send its id as undoes"
        )
        raise Refused(msg)
    fields = _given(event, _FIELDS[kind])
    undone = _given(event, (UNDOES,))
    if undone and kind != SETTINGS:
        if fields:
            msg = f"undoes is given beside {', '.join(fields)}; what takes a {kind} back says nothing else"
            raise Refused(msg)
        _check_id(undone[UNDOES])
    elif undone:
        msg = "undoes is of a freeze, pause or repair; settings stand until newer ones state something else"
        raise Refused(msg)
    else:
        _CHECKS[kind](fields, at)
    properties = {**free_properties(event), **fields, **undone}
    return json_text(properties) if properties else ""


def _given(event: Event, names: tuple[str, ...]) -> dict[str, Any]:
    """Return the fields that an event gives, as such or as properties."""
    free: Mapping[str, Scalar] = event.properties or {}
    found = {name: getattr(event, _MEMBERS.get(name, name)) for name in names}
    found = {name: free.get(name) if value is None else value for name, value in found.items()}
    return {name: value for name, value in found.items() if value is not None}


def _check_id(value: Any) -> None:
    if not (isinstance(value, str) and 1 <= len(value) <= LONGEST_ID):
        msg = f"undoes {str(value)[:40]!r} is no id; send that of the event to take back"
        raise Refused(msg)


def _check_freeze(_fields: Mapping[str, Any], _at: int) -> None:
    """A freeze is of the day on which it was got: that of its timestamp."""


def _check_pause(fields: Mapping[str, Any], _at: int) -> None:
    first, last = _date(fields, "from", PAUSE), _date(fields, "to", PAUSE)
    days = (last - first).days + 1
    if days < 1:
        msg = f"to {last} is before from {first}; a pause is from its first day to its last one"
        raise Refused(msg)
    if days > LONGEST_PAUSE:
        msg = f"from {first} to {last} are {days} days; a pause has at most {LONGEST_PAUSE}, so send several"
        raise Refused(msg)


def _check_repair(fields: Mapping[str, Any], at: int) -> None:
    day = _date(fields, "day", REPAIR)
    # Whose zone it is, is not known here: what no zone allows is refused.
    first, last = (
        (at - _BEHIND) // DAY_MS - REPAIR_BACK,
        (at + _AHEAD) // DAY_MS - 1,
    )
    if not first <= (day - _EPOCH).days <= last:
        msg = f"day {day} is not one of the {REPAIR_BACK} days before {iso(at)}; only those can be repaired"
        raise Refused(msg)


def _check_settings(fields: Mapping[str, Any], _at: int) -> None:
    if not fields:
        msg = "settings state nothing; send zone, mode or weekendsOff"
        raise Refused(msg)
    if "zone" in fields:
        _check_zone(fields["zone"])
    mode, weekends = fields.get("mode", MODES[0]), fields.get("weekendsOff", False)
    if mode not in MODES:
        msg = f"mode {str(mode)[:40]!r} is not known; the modes are {', '.join(MODES)}"
        raise Refused(msg)
    if not isinstance(weekends, bool):
        msg = f"weekendsOff {str(weekends)[:40]!r} is neither true nor false"
        raise Refused(msg)


def _check_zone(value: Any) -> None:
    try:
        zones.zone(value if isinstance(value, str) else str(value))
    except ValueError as error:
        msg = f"zone {error}"
        raise Refused(msg) from error


def _date(fields: Mapping[str, Any], name: str, kind: str) -> date:
    value = fields.get(name)
    if value is None:
        msg = f"{name} is missing; a {kind} needs {' and '.join(_FIELDS[kind])}, as YYYY-MM-DD"
        raise Refused(msg)
    try:
        if isinstance(value, str) and _DATE.fullmatch(value):
            return date.fromisoformat(value)
    except ValueError:
        pass  # it has the form of a date and is none, like 2026-02-30
    msg = f"{name} {str(value)[:40]!r} is no date; send YYYY-MM-DD, from 2000 to 2099"
    raise Refused(msg)


_EPOCH: Final = date(1970, 1, 1)
_FIELDS: Final[dict[str, tuple[str, ...]]] = {
    FREEZE: (),
    PAUSE: ("from", "to"),
    REPAIR: ("day",),
    SETTINGS: ("zone", "mode", "weekendsOff"),
}
_CHECKS: Final[dict[str, Callable[[Mapping[str, Any], int], None]]] = {
    FREEZE: _check_freeze,
    PAUSE: _check_pause,
    REPAIR: _check_repair,
    SETTINGS: _check_settings,
}
