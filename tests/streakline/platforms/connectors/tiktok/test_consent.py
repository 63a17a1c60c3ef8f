"""Where a person says yes to TikTok."""

from __future__ import annotations

import pytest

from streakline.platforms.connectors.oauth import ClientApp
from streakline.platforms.connectors.tiktok.consent import consent


@pytest.mark.parametrize(("own", "asked"), [((), "a,b"), (("c",), "c")])
def test_the_scopes_of_an_application_stand_for_those_of_the_connector(
    own: tuple[str, ...], asked: str
) -> None:
    app = ClientApp("key", "secret", scopes=own)
    query = dict(consent(app, ("a", "b"), "https://here/back", "state").query)
    assert query == {
        "client_key": "key", "scope": asked, "response_type": "code", "redirect_uri": "https://here/back",
        "state": "state",
    }  # fmt: skip
