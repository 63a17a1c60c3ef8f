"""What Instagram is asked, and which numbers each kind of media has."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from streakline.platforms.connectors.exchange import Ask
from streakline.platforms.connectors.oauth import ClientApp, Tokens

VERSION: Final = "v26.0"
SCOPES: Final = ("instagram_business_basic", "instagram_business_manage_insights")
CALLS: Final = "calls"
LISTED: Final = 50
FIELDS: Final = "id,caption,media_product_type,timestamp"
_OF_ALL: Final[dict[str, tuple[str, float]]] = {
    "reach": ("reach", 1),
    "views": ("views", 1),
    "shares": ("shares", 1),
}
_VISITS: Final[dict[str, tuple[str, float]]] = {"profile_visits": ("profileVisits", 1)}
OF_KIND: Final[dict[str, dict[str, tuple[str, float]]]] = {
    "FEED": {"likes": ("likes", 1), "comments": ("comments", 1), "saved": ("saves", 1), **_OF_ALL, **_VISITS},
    "REELS": {
        "likes": ("likes", 1),
        "comments": ("comments", 1),
        "saved": ("saves", 1),
        "ig_reels_avg_watch_time": ("avgWatchTime", 0.001),
        "ig_reels_video_view_total_time": ("watchTime", 0.001),
        **_OF_ALL,
    },
    "STORY": {"replies": ("replies", 1), **_OF_ALL, **_VISITS},
}
"""Kind of media -> native name -> name here, and what it is multiplied by. Watch times are ms.

Profile visits of a reel would be a refusal of the whole question.
"""
OF_DAYS: Final = {
    "views": "viewsOfDay",
    "likes": "likesOfDay",
    "comments": "commentsOfDay",
    "saves": "savesOfDay",
    "shares": "sharesOfDay",
    "reach": "reachOfDay",
    "profile_links_taps": "clicksOfDay",
}
"""Of an account, as the total of the days that are asked for: so of one day a question each."""
TAPS: Final = {
    "TAP_FORWARD": "storyForward",
    "TAP_BACK": "storyBack",
    "TAP_EXIT": "storyExits",
    "SWIPE_FORWARD": "storyNext",
}


def authorize(app: ClientApp, redirect: str, state: str) -> Ask:
    """Return the address at which a person says yes. No PKCE is described."""
    query = (
        ("client_id", app.client_id),
        ("redirect_uri", redirect),
        ("response_type", "code"),
        ("scope", ",".join(app.scopes or SCOPES)),
        ("state", state),
    )
    return Ask("authorize", "", query)


def exchange(app: ClientApp, code: str, redirect: str) -> Ask:
    """Return what takes a code for a token of an hour. What is behind the code of an address is no part of it."""
    form = (
        ("client_id", app.client_id),
        ("client_secret", app.client_secret),
        ("grant_type", "authorization_code"),
        ("redirect_uri", redirect),
        ("code", code.removesuffix("#_")),
    )
    return Ask("token", "/oauth/access_token", form=form, method="POST", signed=False)


def longer(app: ClientApp, token: str) -> Ask:
    """Return what takes a token of an hour for one of sixty days: by an address, for it knows no other way."""
    query = (
        ("grant_type", "ig_exchange_token"),
        ("client_secret", app.client_secret),
        ("access_token", token),
    )
    return Ask("data", "/access_token", query, signed=False)


def refresh(tokens: Tokens) -> Ask:
    """Return what prolongs a token of sixty days."""
    query = (("grant_type", "ig_refresh_token"), ("access_token", tokens.access))
    return Ask("data", "/refresh_access_token", query, signed=False)


def get(account: str, path: str, *query: tuple[str, str]) -> Ask:
    """Return what asks for an object or list. Each account has a quota of its own."""
    return Ask("data", f"/{VERSION}/{path}", query, bucket=f"{CALLS}:{account}")


def insights(account: str, of: str, metrics: Sequence[str], *more: tuple[str, str]) -> Ask:
    """Return what asks for numbers."""
    return get(account, f"{of}/insights", ("metric", ",".join(metrics)), *more)
