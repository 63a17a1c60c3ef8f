"""Faults that people are told of: kept in Redis for everybody to see, shown by `/ready`, metrics and System."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

import msgspec

from streakline.times import DAY_MS, iso

WENT_BACK: Final = "redis_went_back"
FOLDER_TORN: Final = "recovery_folder_torn"
STATE_TOO_OLD: Final = "state_too_old"
DESCRIPTORS_SHORT: Final = "descriptors_short"
NAMES: Final = (WENT_BACK, FOLDER_TORN, STATE_TOO_OLD, DESCRIPTORS_SHORT)
"""Every fault that a process leaves word of; also the events of its log."""
TOLD_MS: Final = DAY_MS
"""How long a fault is told as a warning."""


class Fault(NamedTuple):
    """One fault: where it happened, when it did last, and in words what it means."""

    name: str
    where: str
    at: int
    """ms."""
    text: str


class _Said(msgspec.Struct):
    at: int
    text: str


_DECODER: Final = msgspec.json.Decoder(_Said)


def field_of(name: str, where: str) -> str:
    """Return the field of a fault in the hashes of faults."""
    return f"{name} {where}"


def packed(fault: Fault) -> bytes:
    """Return what the field holds."""
    return msgspec.json.encode(_Said(fault.at, fault.text))


def unpacked(held: Mapping[bytes, bytes]) -> list[Fault]:
    """Return the faults of a hash, the newest first; what is no fault of ours is left out."""
    faults = []
    for field, value in held.items():
        name, _, where = field.decode(errors="replace").partition(" ")
        try:
            row = _DECODER.decode(value)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            continue
        faults.append(Fault(name, where, row.at, row.text))
    return sorted(faults, key=lambda fault: -fault.at)


def warnings(faults: list[Fault], now_ms: int) -> list[str]:
    """Return what people are to be told of faults at a wall-clock time."""
    return [
        f"{fault.name} {fault.where} at {iso(fault.at)}: {fault.text}"
        for fault in faults
        if now_ms - fault.at < TOLD_MS
    ]
