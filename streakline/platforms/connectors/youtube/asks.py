"""What YouTube is asked, and what each request costs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from streakline.platforms.connectors.exchange import Ask
from streakline.platforms.connectors.oauth import ClientApp, Tokens, challenge_of

READ: Final = "https://www.googleapis.com/auth/youtube.readonly"
ANALYTICS: Final = "https://www.googleapis.com/auth/yt-analytics.readonly"
MONETARY: Final = "https://www.googleapis.com/auth/yt-analytics-monetary.readonly"
SCOPES: Final = (READ, ANALYTICS, MONETARY)
PAGE: Final = 50
"""Entries of a playlist a page, and videos a question."""
REPORTED: Final = 200
"""Videos of a report at most."""
UNITS, BATCHES, REPORTS = "units", "batchGetStats", "reports"


def authorize(app: ClientApp, redirect: str, state: str, verifier: str) -> Ask:
    """Return the address at which a person says yes. Without `consent` a second grant has no refresh token."""
    return Ask(
        "authorize",
        "",
        (
            ("client_id", app.client_id),
            ("redirect_uri", redirect),
            ("response_type", "code"),
            ("scope", " ".join(app.scopes or SCOPES)),
            ("state", state),
            ("access_type", "offline"),
            ("prompt", "consent"),
            ("code_challenge", challenge_of(verifier)),
            ("code_challenge_method", "S256"),
        ),
    )


def exchange(app: ClientApp, code: str, redirect: str, verifier: str) -> Ask:
    """Return what takes a code for tokens."""
    return _token(
        app,
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", redirect),
        ("code_verifier", verifier),
    )


def refresh(app: ClientApp, tokens: Tokens) -> Ask:
    """Return what takes a refresh token for an access token."""
    return _token(app, ("grant_type", "refresh_token"), ("refresh_token", tokens.refresh))


def revoke(tokens: Tokens) -> Ask:
    """Return what gives a grant back."""
    form = (("token", tokens.refresh or tokens.access),)
    return Ask("revoke", "", form=form, method="POST", signed=False)


def channel() -> Ask:
    """Return what asks for the channel of a grant."""
    query = (("part", "snippet,statistics,contentDetails"), ("mine", "true"))
    return Ask("data", "/youtube/v3/channels", query, bucket=UNITS)


def uploads(playlist: str, page: str) -> Ask:
    """Return what asks for a page of a channel's uploads, the newest first."""
    query = (("part", "contentDetails"), ("playlistId", playlist), ("maxResults", str(PAGE)))
    more = (("pageToken", page),) if page else ()
    return Ask("data", "/youtube/v3/playlistItems", query + more, bucket=UNITS)


def statistics(videos: Sequence[str]) -> Ask:
    """Return what asks for the counts of some videos."""
    query = (("part", "id,snippet,statistics"), ("id", ",".join(videos)))
    return Ask("data", "/youtube/v3/videos:batchGetStats", query, bucket=BATCHES)


def report(metrics: Sequence[str], dimension: str, days: tuple[str, str], *more: tuple[str, str]) -> Ask:
    """Return what asks for a report of a channel's own numbers from one day to another, both among them."""
    query = (
        ("ids", "channel==MINE"),
        ("startDate", days[0]),
        ("endDate", days[1]),
        ("metrics", ",".join(metrics)),
        ("dimensions", dimension),
        *more,
    )
    return Ask("analytics", "/v2/reports", query, bucket=REPORTS)


def _token(app: ClientApp, *form: tuple[str, str]) -> Ask:
    client = (("client_id", app.client_id), ("client_secret", app.client_secret))
    return Ask("token", "", form=(*client, *form), method="POST", signed=False)
