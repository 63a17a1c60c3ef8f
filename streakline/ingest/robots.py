"""Rules for robots: which of the events that are held to be a robot's count after all.

An event keeps the reason why it is flagged; whether it counts is the flag alone. A rule that is in force takes the flag
from the events that it matches, those that come and those that are there (archive, by a control entry). Taken back, it
leaves them flagged again, with nothing lost.

The state of a rule changes, so what several keepers know is put together by the newest change of each: in any order and
as often as one likes, which lets a rule outlive a store that went back.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

import msgspec

MOST: Final = 100
"""Rules in force: each flagged event is compared with all of them."""
MOST_EVER: Final = 1_000
"""Rules of one installation, those that were taken back among them."""
LONGEST: Final = 500
"""Characters of a condition, as of the texts that it is compared with."""
_ID_BYTES: Final = 10


class RobotRule(msgspec.Struct, frozen=True):
    """Conditions on a flagged event, which all must hold; an empty one always does.

    Attributes:
        reason: why it is flagged, as `botReason` has it.
        agent: a part of its user agent, upper and lower case as there.
        source: its source, as it was sent.
    """

    reason: str = ""
    agent: str = ""
    source: str = ""

    @property
    def id(self) -> str:
        """What names the rule: the same conditions are the same rule."""
        digest = hashlib.sha256(msgspec.json.encode(self)).digest()
        return base64.b32encode(digest[:_ID_BYTES]).decode().lower()

    def matches(self, reason: str, agent: str, source: str) -> bool:
        """Tell whether an event that is flagged for a reason meets every condition."""
        return (
            (not self.reason or reason == self.reason)
            and (not self.agent or self.agent in agent)
            and (not self.source or source == self.source)
        )


Rules = tuple[RobotRule, ...]


def is_uncalled(rules: Rules, reason: str, agent: str, source: str) -> bool:
    """Tell whether any of the rules in force takes the flag from an event."""
    return any(rule.matches(reason, agent, source) for rule in rules)


class RuleState(msgspec.Struct, frozen=True):
    """What is known of a rule.

    Attributes:
        rule: its conditions.
        uncalled: whether it is in force: what it matches is no robot's.
        changed: when that became so, ms.
    """

    rule: RobotRule
    uncalled: bool
    changed: int

    def is_newer_than(self, other: RuleState | None) -> bool:
        """Tell whether this is the state that stands; of two changes of one moment that to un-called does."""
        return other is None or (self.changed, self.uncalled) > (other.changed, other.uncalled)


class KnownRules(NamedTuple):
    """What one keeper knows: the state of each rule by its id."""

    states: Mapping[str, RuleState] = {}

    def __bool__(self) -> bool:
        """Tell whether any rule is known."""
        return bool(self.states)

    def joined(self, other: KnownRules) -> KnownRules:
        """Return what both know together."""
        return KnownRules({**self.states, **other.missing_in(self).states})

    def missing_in(self, other: KnownRules) -> KnownRules:
        """Return what is known here and not there, or older there."""
        held = other.states
        return KnownRules({id_: s for id_, s in self.states.items() if s.is_newer_than(held.get(id_))})

    @property
    def in_force(self) -> Rules:
        """The rules that take the flag from what they match."""
        return tuple(state.rule for _, state in sorted(self.states.items()) if state.uncalled)


CONTROL: Final = "robots"
"""The kind of a control entry that lets archive decide again which events count."""
_RULES: Final = msgspec.json.Decoder(list[RobotRule])


def control_of(in_force: Iterable[RobotRule], changed: Iterable[RobotRule]) -> dict[str, str]:
    """Return the facts of a control entry: what a changed rule matches counts where one in force matches it."""
    return {"kind": CONTROL, "rules": _text(in_force), "changed": _text(changed)}


def rules_of(text: object) -> Rules:
    """Return the rules of a member of a control entry.

    Raises:
        ValueError: if it holds none.
    """
    try:
        return tuple(_RULES.decode(text if isinstance(text, str) else b""))
    except (msgspec.MsgspecError, RecursionError) as error:
        msg = f"{text!r} is no list of rules: {error}"
        raise ValueError(msg) from error


def _text(rules: Iterable[RobotRule]) -> str:
    return msgspec.json.encode(list(rules)).decode()
