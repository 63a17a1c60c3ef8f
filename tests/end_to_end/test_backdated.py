"""A thousand plays between two hours and ten years old, posted while live traffic runs."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from proofs.chaos.compare import compare_history, compare_live
from proofs.chaos.reading import Reader, clickhouse
from proofs.counting.log import Count
from proofs.counting.plain import DAY
from proofs.running.stack import StackProcess
from proofs.traffic.audience import Audience, Event, batches
from proofs.traffic.sender import Sender

pytestmark = [pytest.mark.stack, pytest.mark.slow, pytest.mark.timeout(400)]

SEED = 11
PLAYS = 1000
RATE = 60.0
PERIODS: dict[str, tuple[str, Callable[[date], Any]]] = {
    "daily_stats": ("date", lambda day: day),
    "weekly_stats": ("weekStart", lambda day: day - timedelta(days=day.weekday())),
    "monthly_stats": ("monthStart", lambda day: day.replace(day=1)),
    "yearly_stats": ("year", lambda day: day.year),
}
"""View -> its column of the period, and the period of a day."""


def old_plays(now: float) -> list[Event]:
    """Return plays of contents that live traffic does not know, a fifth of them skips, some without a length."""
    draw = random.Random(SEED)
    plays = []
    for number in range(PLAYS):
        age = draw.choice((draw.uniform(2 * 3600, 86_400), draw.uniform(86_400, 10 * 365 * 86_400)))
        began = int((now - age) * 1000)
        play: Event = {
            "id": f"old-{number}",
            "type": "play",
            "contentId": f"old-{draw.randrange(40)}",
            "timestamp": began,
            "sessionId": f"session-{number}",
            "userId": f"user-{number % 50}",
        }
        duration = draw.choice((5.0, 19.9, 20.0, 200.0, None))
        plays.append(play if duration is None else {**play, "playId": f"play-{number}", "duration": duration})
    return plays


def views_of(stack: StackProcess) -> dict[str, Counter[tuple[str, Any]]]:
    """Return view -> (contentId, period) -> counted plays, of the old contents."""
    client = clickhouse(stack)
    try:
        return {
            view: Counter(
                {
                    (content, period): plays
                    for content, period, plays in client.query(
                        f"select trackId, {column}, totalPlays from {view} where trackId like 'old-%'"
                    ).result_rows
                }
            )
            for view, (column, _) in PERIODS.items()
        }
    finally:
        client.close()


def wanted_of(count: Count) -> dict[str, Counter[tuple[str, Any]]]:
    """Return what the views should say of a count."""
    wanted: dict[str, Counter[tuple[str, Any]]] = {view: Counter() for view in PERIODS}
    for (at, content), counts in count.days.items():
        day = datetime.fromtimestamp(at / 1000, UTC).date()
        for view, (_, period_of) in PERIODS.items():
            wanted[view][content, period_of(day)] += counts.measures["plays"]
    return wanted


async def test_old_plays_land_where_they_belong_and_move_no_window(tmp_path: Any) -> None:
    async with StackProcess(tmp_path) as stack:
        reader = Reader(stack)
        listeners, historian = (Sender(stack.url, stack.token, seed, steady=True) for seed in (1, 2))
        await listeners.start()
        await historian.start()
        traffic = asyncio.create_task(live_traffic(listeners))
        await asyncio.sleep(3)

        plays = old_plays(time.time())
        for at in range(0, len(plays), 100):
            last = await historian.deliver(plays[at : at + 100])
        assert await reader.settled(last, 60), reader.waiting_for
        shown = await asyncio.to_thread(views_of, stack)
        old = Count(historian.log)
        assert shown == wanted_of(old)
        assert not traffic.done()

        # The same history once more: nothing that counts may change.
        for at in range(0, len(plays), 250):
            last = await historian.deliver(plays[at : at + 250])
        assert await reader.settled(last, 60), reader.waiting_for
        assert await asyncio.to_thread(views_of, stack) == shown

        traffic.cancel()
        await asyncio.gather(traffic, return_exceptions=True)
        assert await listeners.finish(30)
        assert await historian.finish(30)
        assert await reader.settled(listeners.position, 60), reader.waiting_for

        everything = Count([*listeners.log, *historian.log])
        differences = ["not looked yet"]
        end = time.monotonic() + 20
        while differences and time.monotonic() < end:  # the minute may move between two looks
            overview = await reader.overview()
            differences = compare_live(everything, overview)
        assert differences == []
        # The windows hold the live traffic alone, the totals also the old plays that count.
        live = Count(listeners.log)
        minute = overview["perMinute"][-1]["at"]
        assert overview["lastHour"]["plays"] == live.overview(minute)["lastHour.plays"]
        grown = overview["totals"]["plays"] - live.total.measures["plays"]
        assert grown == old.total.measures["plays"] == sum(shown["yearly_stats"].values())
        assert 0 < grown < PLAYS

        found = compare_history(everything, await asyncio.to_thread(reader.history))
        assert found.agree, (found.lost[:5], found.double[:5], found.differences[:5])
        code, said = await stack.command("verify")
        assert code == 0, said


async def live_traffic(sender: Sender) -> None:
    """Send what listeners do now, until cancelled."""
    audience, draw = Audience(SEED, late=0.0), random.Random(SEED)
    while True:
        for batch in batches(audience.events(time.time(), int(RATE / 5)), draw):
            sender.post(batch)
        await asyncio.sleep(0.2)


def test_the_old_plays_span_ten_years() -> None:
    now = time.time()
    ages = [now - play["timestamp"] / 1000 for play in old_plays(now)]
    assert min(ages) >= 2 * 3600 - 1
    assert max(ages) > 9 * 365 * DAY / 1000
