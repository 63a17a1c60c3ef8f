"""Twelve recorded hours of Wikipedia edits taken as shares: every count is that of the file.

A page is an app, a channel a platform, robots are flagged. The edits are years old: each is late and counted again.
"""

from __future__ import annotations

import gzip
import json
import random
import urllib.error
import urllib.request
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from real_data import recorded
from running_stack import RunningStack
from server.door.tokens import mint
from stack.credentials import Credentials

pytestmark = [pytest.mark.stack, pytest.mark.slow, pytest.mark.timeout(400)]


def share(number: int, edit: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": f"edit-{number}",
        "type": "share",
        "appId": edit["page"][:200],
        "contentType": "app",
        "platform": edit["channel"],
        "userId": edit["user"][:200],
        "sessionId": f"session-{number}",
        "timestamp": edit["time"],
        "bot": edit["isRobot"],
    }


def asked(stack: RunningStack, path: str, token: str = "", body: object = None) -> tuple[int, Any]:
    request = urllib.request.Request(
        f"{stack.url}{path}",
        data=None if body is None else json.dumps(body).encode(),
        headers={"authorization": f"Bearer {token}"} if token else {},
    )
    try:
        with urllib.request.urlopen(request, timeout=90) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as refused:
        return refused.code, json.load(refused)


def test_the_shares_of_every_page_are_those_of_the_file(tmp_path: Path) -> None:
    with gzip.open(recorded("streams/wikiticker-2015-09-12.json.gz"), "rt", encoding="utf-8") as lines:
        edits = [json.loads(line) for line in lines]
    plain: dict[str, Counter[str]] = defaultdict(Counter)
    for edit in edits:
        plain[edit["page"][:200]][edit["channel"]] += not edit["isRobot"]

    with RunningStack(tmp_path / "data") as stack:
        admin = mint(Credentials.load(stack.folder / "secrets.json").secret, "admin")
        shares = [share(number, edit) for number, edit in enumerate(edits)]
        for at in range(0, len(shares), 1_000):
            status, receipt = asked(stack, "/api/stats/events", admin, shares[at : at + 1_000])
            assert (status, receipt["rejected"]) == (202, [])
        position = receipt["position"]
        for _ in range(5):
            _, settled = asked(stack, f"/api/v1/settled?wait=60&position={position}")
            if settled["settled"]:
                break
        assert settled["settled"], settled["waitingFor"]

        pages = sorted(plain)
        often = [page for page in pages if plain[page].total() >= 4]
        some = random.Random(1).sample(pages, 300)
        for page in [*often, *some]:
            status, body = asked(stack, f"/api/apps/{quote(page, safe='')}/share-count")
            wanted = +plain[page]
            if not wanted:
                assert status == 404, page
                continue
            assert (status, body["appId"], body["totalShares"]) == (200, page, wanted.total())
            assert body["byPlatform"] == wanted
        assert any(not plain[page].total() for page in some), "no page of robots alone was asked for"
        _, body = asked(stack, "/api/apps/Wikipedia:Vandalismusmeldung/share-count")
        assert body == {
            "appId": "Wikipedia:Vandalismusmeldung", "totalShares": 13, "byPlatform": {"#de.wikipedia": 13},
        }  # fmt: skip
        total = sum(counts.total() for counts in plain.values())
        assert total == 8_913
        _, stats = asked(stack, "/api/admin/shares/stats?days=7&asOf=2015-09-13", admin)
        assert stats["totalShares"] == total
        assert list(stats["platformStats"].items())[:3] == [
            ("#en.wikipedia", 3_964), ("#de.wikipedia", 699), ("#fr.wikipedia", 565),
        ]  # fmt: skip
        assert len(stats["platformStats"]) == 49
        first = [(app["appName"], app["shareCount"]) for app in stats["mostSharedApps"]]
        assert first[:2] == [("Wikipedia:Vandalismusmeldung", 13), ("Kim Davis (county clerk)", 11)]
        assert len(first) == 10
        assert [day for day in stats["dailyShares"] if day["count"]] == [
            {"date": "2015-09-12", "count": total}
        ]
