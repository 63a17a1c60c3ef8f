"""Domain events of persons on a whole stack: seconds after the play, once, whoever is killed on the way."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import urllib.request
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
import redis

from real_data import recorded_lines
from receivers import Receiver
from running_stack import RunningStack
from stack.run_file import RunFile
from stack_questions import asked, bearer, live_and_history
from streakline.streams import keys
from streakline.times import DAY_MS, iso
from streakline_client.imports import spotify
from streakline_client.imports.rows import Imported
from wire import eventually, now_ms, play

pytestmark = [pytest.mark.stack, pytest.mark.slow, pytest.mark.timeout(300)]
KILLED = (("viewers",), ("server",), ("viewers", "server"))
"""Who is killed once plays are accepted that reach 10, 25 and 50 tracks; the server runs the jobs."""


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    folder = tmp_path_factory.mktemp("persons") / "data"
    with RunningStack(folder, environment={"STREAKLINE_PRIVATE_WEBHOOKS": "1"}) as running:
        yield running


def answered(stack: RunningStack, path: str, headers: dict[str, str], body: Any = None) -> dict[str, Any]:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(
        f"{stack.url}{path}", data, headers | {"content-type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=90) as answer:
        found: dict[str, Any] = json.load(answer)
        return found


async def posted(stack: RunningStack, events: list[dict[str, Any]]) -> str:
    """Post until it is acknowledged, as a client does."""
    async with asyncio.timeout(60):
        while True:
            try:
                return str((await asyncio.to_thread(stack.post, events))["position"])
            except OSError:  # the server was killed
                await asyncio.sleep(0.2)


def emitted(stack: RunningStack, user: str) -> list[dict[str, Any]]:
    """Return the domain events of a person in their order."""
    url = RunFile.read(stack.folder / "run.json").redis_url
    with redis.Redis.from_url(url) as store:
        entries: Any = store.xrange(keys.DOMAIN)
    events = [json.loads(fields[b"event"]) for _, fields in entries]
    return [event for event in events if event["userId"] == user]


def finished(user: str, numbers: range) -> list[dict[str, Any]]:
    """Return plays of different tracks that a person finished just now."""
    return [
        play(
            number,
            id=f"{user}-{number}",
            userId=user,
            contentId=f"{user}-track-{number}",
            duration=200,
            contentDuration=200,
            timestamp=now_ms() - 1_000 + number,
        )
        for number in numbers
    ]


async def reached(stack: RunningStack) -> None:
    receiver = await Receiver().start()
    made = await asyncio.to_thread(
        answered, stack, "/api/v1/webhooks", bearer(stack, "admin"),
        {"url": receiver.url, "events": ["ViewingMilestoneAchieved"]},
    )  # fmt: skip
    receiver.secret = made["secret"]
    done, wanted = 0, list[int]()
    for killed, threshold in zip(KILLED, (10, 25, 50), strict=True):
        await posted(stack, finished("mila", range(done, threshold)))
        for part in killed:
            await eventually(lambda part=part: part in stack.pids())
            os.kill(stack.pids()[part], signal.SIGKILL)
        done, wanted = threshold, [*wanted, threshold]
        await eventually(lambda: sorted({one["data"]["metricAchieved"] for one in receiver.got}) == wanted)  # noqa: B023 - awaited at once
    await receiver.stop()
    events = emitted(stack, "mila")
    milestones = [one for one in events if one["type"] == "ViewingMilestoneAchieved"]
    assert [one["data"]["metricAchieved"] for one in milestones] == wanted
    assert {one["id"]: one for one in receiver.got} == {one["id"]: one for one in milestones}
    assert set(Counter(one["id"] for one in events).values()) == {1}
    [*_, streak] = [one["data"] for one in events if one["type"] == "ViewingStreakUpdated"]
    now = await asyncio.to_thread(asked, stack, "/api/v1/people/mila/streak")
    assert now["source"] == "live"
    assert {name: streak[name] for name in ("currentStreak", "longestStreak", "lastWatchedDate")} == {
        name: now[name] for name in ("currentStreak", "longestStreak", "lastWatchedDate")
    }


def test_a_milestone_is_at_a_webhook_after_the_play_once_whoever_is_killed(stack: RunningStack) -> None:
    asyncio.run(reached(stack))


async def settled(stack: RunningStack, position: str) -> None:
    answer = await asyncio.to_thread(asked, stack, "/api/v1/settled", position=position, wait="60")
    assert answer["settled"], answer


async def frozen(stack: RunningStack) -> None:
    base = now_ms() - 60_000

    def streaks() -> list[tuple[int, int]]:
        data = [one["data"] for one in emitted(stack, "fred")]
        return [(one["currentStreak"], one["longestStreak"]) for one in data]

    plays = [play(d, id=f"fred-{d}", userId="fred", timestamp=base - d * DAY_MS) for d in (0, 2, 4)]
    await settled(stack, await posted(stack, plays))
    await eventually(lambda: streaks()[-1:] == [(1, 1)])
    used = list[str]()
    # The first covers the day between the two earlier plays; the second, which adds no mark to the row, yesterday.
    for number, (day, wanted) in enumerate([(3, (1, 2)), (1, (3, 3))]):
        stated = await asyncio.to_thread(
            answered, stack, "/api/v1/people/fred/freezes", bearer(stack, "write:self", sub="fred"),
            {"id": f"freeze-{number}", "timestamp": base - 5 * DAY_MS},
        )  # fmt: skip
        await settled(stack, stated["position"])
        used.append(iso(base - day * DAY_MS)[:10])
        for path in ("/api/v1/people/fred/streak", "/api/analytics/streak?user=fred"):
            streak = await asyncio.to_thread(answered, stack, path, bearer(stack, "read:admin"))
            assert (streak["currentStreak"], streak["longestStreak"]) == wanted
            assert streak["freezes"]["used"] == used
        await eventually(lambda wanted=wanted: streaks()[-1:] == [wanted])
    assert set(Counter(one["id"] for one in emitted(stack, "fred")).values()) == {1}


def test_a_freeze_that_is_settled_is_in_every_answer_and_an_event(stack: RunningStack) -> None:
    asyncio.run(frozen(stack))


def test_the_live_streak_and_milestones_of_an_extended_history_are_those_of_history(
    stack: RunningStack,
) -> None:
    folder = "listening/spotify_userC_extended"
    lines = [f"{folder}/processed_sample_1000.csv", f"{folder}/Streaming_History_Video_2020-2025.json"]
    outcomes = [one for name in lines for one in spotify.parse(recorded_lines(name), "cora")]
    events = [one.event for one in outcomes if isinstance(one, Imported)]
    receipts = [stack.post(events[at : at + 500]) for at in range(0, len(events), 500)]
    assert not any(receipt["rejected"] for receipt in receipts)
    asyncio.run(settled(stack, receipts[-1]["position"]))
    live, history = live_and_history(stack, "cora")
    assert live == history
    assert live["milestones"]
