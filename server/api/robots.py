"""Robots: whose events are flagged and why, and rules by which they count after all."""

from __future__ import annotations

from typing import Final

import msgspec
from aiohttp import web

from server.door.access import require
from server.door.answers import Answer, answer
from server.door.bodies import read_object
from server.door.parameters import TIME_RANGE, Parameters
from server.ingest.admission import refuse_if_pressed, unwritten
from server.ingest.robot_rules import ROBOT_RULES
from server.problems import Problem
from server.resources.clock import CLOCK
from server.resources.history import HISTORY
from server.resources.pipe import PipeFull, RedisAway
from streakline.history.cover import moment_of
from streakline.ingest.robots import LONGEST, MOST, MOST_EVER, RobotRule, RuleState
from streakline.lateness import closes_at
from streakline.times import AHEAD_MS, bucket_of, iso

SHOWN: Final = 100
MOST_SHOWN: Final = 1_000
DEFAULT_RANGE: Final = "30d"


class Robot(Answer):
    """Events that are flagged for one reason and have one user agent.

    Attributes:
        reason: why they are flagged: a kind of crawler, `spider`, `http-library`, or `sender`, who said so.
        agent: the user agent.
        events: how many there are.
        uncalled: how many of them count after all, by a rule.
        first_seen: the time of the first one, as its sender has it.
        last_seen: that of the last one.
    """

    reason: str
    agent: str
    events: int
    uncalled: int
    first_seen: str
    last_seen: str


class ShownRule(Answer):
    """A rule: all of its conditions that are not empty must hold; `uncalled` while it is in force, else `called`."""

    id: str
    reason: str
    agent: str
    source: str
    state: str
    changed: str


class Robots(Answer):
    """Robots of a range, those with most events first, the sums over all of them, and every rule."""

    total: int
    events: int
    uncalled: int
    robots: list[Robot]
    rules: list[ShownRule]


class NewRule(msgspec.Struct, forbid_unknown_fields=True):
    """A rule for robots and its state.

    Attributes:
        reason: why events are flagged; empty for any reason.
        agent: a part of their user agent; empty for any.
        source: their source; empty for any.
        state: `uncalled`: they count; `called`: they are robots' again.
    """

    reason: str = ""
    agent: str = ""
    source: str = ""
    state: str = "uncalled"


class ChangedRule(Answer):
    """A rule as it is now.

    Attributes:
        rule: it.
        position: `settled` waits with it until history is counted by the rule.
        open_until: when the last quarter hour that was open at the change is counted by it too.
    """

    rule: ShownRule
    position: str
    open_until: str


_DECODER: Final = msgspec.json.Decoder(NewRule)
_STATES: Final = ("called", "uncalled")


async def get_robots(request: web.Request) -> web.Response:
    """`GET /api/v1/robots`: robots of a range and the rules for them. Answer: golden `robots`.

    Parameters: `timeRange` (30d) or `from` and `to`, `asOf`, `tz`, `limit` (100). Needs the scope `admin`.
    """
    require(request, "admin")
    asked = Parameters(request, "limit", *TIME_RANGE)
    limit = asked.whole("limit", 1, MOST_SHOWN, SHOWN)
    of = asked.time_range(DEFAULT_RANGE)
    rows = await request.app[HISTORY].rows(
        "history/robots", start=moment_of(of.start), end=moment_of(of.end), limit=limit
    )
    sums = rows[0] if rows else {"all_robots": 0, "all_events": 0, "all_uncalled": 0}
    robots = [
        Robot(
            reason=row["reason"],
            agent=row["agent"],
            events=row["events"],
            uncalled=row["uncalled"],
            first_seen=iso(row["first_seen"]),
            last_seen=iso(row["last_seen"]),
        )
        for row in rows
    ]
    states = sorted(request.app[ROBOT_RULES].known.states.values(), key=lambda s: (-s.changed, s.rule.id))
    return answer(
        Robots(
            total=sums["all_robots"],
            events=sums["all_events"],
            uncalled=sums["all_uncalled"],
            robots=robots,
            rules=[_shown(state) for state in states],
        )
    )


async def post_rule(request: web.Request) -> web.Response:
    """`POST /api/v1/robots/rules`: put a rule into force, or take it back. Answer: 202 golden `changed_rule`.

    400 `rule`, 404 `rule-unknown`, 409 `too-many-rules`; 503 while nothing can be written.
    """
    require(request, "admin")
    Parameters(request)
    wanted = await read_object(request, _DECODER, "rule")
    rule = _rule(wanted)
    refuse_if_pressed(request)
    rules, uncalled = request.app[ROBOT_RULES], wanted.state == "uncalled"
    known = rules.known
    if rule.id not in known.states and not uncalled:
        detail = "no rule has these conditions; GET /api/v1/robots lists those that there are"
        raise Problem(404, "rule-unknown", detail)
    others = [one for one in known.in_force if one != rule]
    if uncalled and (len(others) >= MOST or (rule.id not in known.states and len(known.states) >= MOST_EVER)):
        there = f"{len(others)} rules are in force, {len(known.states)} were made"
        detail = f"{there}; {MOST} and {MOST_EVER} are the most: let one rule match more"
        raise Problem(409, "too-many-rules", detail)
    try:
        state, position = await rules.change(rule, request.app[CLOCK].now_ms(), uncalled=uncalled)
    except (RedisAway, PipeFull) as error:
        raise unwritten(error) from error
    except OSError as error:
        detail = (
            f"the file of the rules cannot be written, so nothing was changed for good: {error}; ask again"
        )
        raise Problem(503, "store-pressed", detail, retry_after=10) from error
    until = closes_at(bucket_of(request.app[CLOCK].now_ms() + AHEAD_MS))
    body = ChangedRule(rule=_shown(state), position=position, open_until=iso(until))
    return answer(body, status=202)


def _rule(wanted: NewRule) -> RobotRule:
    """Return the rule of a body.

    Raises:
        Problem: 400 `rule`, with the member that cannot be used.
    """
    if wanted.state not in _STATES:
        raise Problem(400, "rule", f"state is {wanted.state[:40]!r}; it is {' or '.join(_STATES)}")
    rule = RobotRule(wanted.reason, wanted.agent, wanted.source)
    for name, text in msgspec.structs.asdict(rule).items():
        if len(text) > LONGEST:
            raise Problem(400, "rule", f"{name} has {len(text)} characters; {LONGEST} are the most")
    if rule == RobotRule():
        detail = "reason, agent and source are all empty, which is every robot; give at least one of them"
        raise Problem(400, "rule", detail)
    return rule


def _shown(state: RuleState) -> ShownRule:
    rule = state.rule
    return ShownRule(
        id=rule.id,
        reason=rule.reason,
        agent=rule.agent,
        source=rule.source,
        state="uncalled" if state.uncalled else "called",
        changed=iso(state.changed),
    )
