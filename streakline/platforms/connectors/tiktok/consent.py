"""Where a person lets TikTok give an application its numbers: one page for both of its APIs."""

from __future__ import annotations

from collections.abc import Sequence

from streakline.platforms.connectors.exchange import Ask
from streakline.platforms.connectors.oauth import ClientApp


def consent(app: ClientApp, scopes: Sequence[str], redirect: str, state: str) -> Ask:
    """Return the address that a person is sent to, to say yes. For the web it knows no PKCE.

    Args:
        app: our application; the scopes that it names stand for those of the connector.
        scopes: of the connector.
        redirect: where the person comes back to.
        state: comes back with the person.
    """
    query = (
        ("client_key", app.client_id),
        ("scope", ",".join(app.scopes or scopes)),
        ("response_type", "code"),
        ("redirect_uri", redirect),
        ("state", state),
    )
    return Ask("authorize", "", query)
