"""A body of every operation that reads one, which it takes as it stands."""

from __future__ import annotations

from typing import Any, Final

_FACTS: Final = {"title": "Slow Tide", "type": "track", "creator": "the-band", "status": "released"}
EXAMPLES: Final[dict[str, Any]] = {
    "POST /api/stats/events": [
        {
            "id": "0193a000-0000-7000-8000-000000000001",
            "type": "play",
            "contentId": "slow-tide",
            "contentType": "track",
            "sessionId": "tab-1",
            "playId": "0193a000-0000-7000-8000-000000000002",
            "timestamp": "2026-11-21T09:00:00+01:00",
            "duration": 151.2,
            "contentDuration": 180,
        }
    ],
    "POST /api/v1/dead-letters/replay": {"all": True},
    "POST /api/v1/analytics/pushes/{platform}": {"event": "authorization.removed", "user_openid": "o1"},
    "POST /api/v1/robots/rules": {"agent": "okhttp", "state": "uncalled"},
    "POST /api/v1/keys": {"scopes": ["read:public"], "name": "a page of mine", "lasts": 86_400},
    "POST /api/v1/webhooks": {"url": "https://example.org/hook", "events": ["ViewingMilestoneAchieved"]},
    "POST /api/v1/people/{id}/years/{year}/links": {"name": "Ann", "lasts": 2_592_000},
    "POST /api/shares": {"appId": "chess", "platform": "whatsapp", "sessionId": "tab-1"},
    "PUT /api/v1/content": [{"id": "slow-tide", **_FACTS}],
    "PUT /api/v1/content/{id}": _FACTS,
    "PUT /api/v1/creators": [{"id": "the-band", "name": "The Band"}],
    "PUT /api/v1/creators/{id}": {"name": "The Band"},
    "PUT /api/v1/people/{id}": {"zone": "Europe/Berlin", "mode": "calendar-day", "weekendsOff": False},
    "POST /api/v1/people/{id}/freezes": {"id": "for-ten-films"},
    "POST /api/v1/people/{id}/pauses": {"id": "summer", "from": "2026-07-01", "to": "2026-07-14"},
    "POST /api/v1/people/{id}/repairs": {"day": "2026-11-20", "timestamp": "2026-11-21T09:00:00+01:00"},
    "POST /api/v1/query": {"metrics": ["plays", "listeners"], "dimensions": ["day"], "timeRange": "7d"},
}
"""Route -> body."""
