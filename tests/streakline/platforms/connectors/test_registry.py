"""The file of applications."""

from __future__ import annotations

import pytest

from streakline.platforms.connectors.registry import CONNECTORS, BadApps, address_of, apps_of
from streakline.platforms.names import PLATFORMS

GOOD = b'{"youtube": {"clientId": "a", "clientSecret": "b", "addresses": {"data": "http://127.0.0.1:1"}}}'


def test_an_application_says_where_its_platform_is_or_leaves_it_where_it_is() -> None:
    app = apps_of(GOOD)["youtube"]
    connector = CONNECTORS["youtube"]
    assert address_of(connector, app, "data") == "http://127.0.0.1:1"
    assert address_of(connector, app, "token") == "https://oauth2.googleapis.com/token"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (b"[]", "Expected `object`"),
        (b"{", "Input data was truncated"),
        (b'{"orkut": {"clientId": "a", "clientSecret": "b"}}', "'orkut' is no platform; there are "),
        (b'{"youtube": {"clientId": "a"}}', "clientSecret"),
        (
            b'{"youtube": {"clientId": "", "clientSecret": "b"}}',
            "clientId or clientSecret of youtube is empty",
        ),
        (b'{"youtube": {"clientId": "a", "clientSecret": "b", "adresses": {}}}', "adresses"),
        (
            b'{"youtube": {"clientId": "a", "clientSecret": "b", "addresses": {"x": "http://a"}}}',
            "names 'x'; there are",
        ),
        (
            b'{"youtube": {"clientId": "a", "clientSecret": "b", "addresses": {"data": "ftp://a"}}}',
            "'ftp://a' for data",
        ),
        (
            b'{"twitter": {"clientId": "a", "clientSecret": "b"}}',
            "budget of twitter is 0; it takes US dollars",
        ),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_by_what_is_wrong(text: bytes, why: str) -> None:
    with pytest.raises(BadApps) as refused:
        apps_of(text)
    assert why in str(refused.value)
    assert '"b"' not in str(refused.value)


def test_every_connector_is_of_a_known_platform_and_has_the_addresses_of_its_grants() -> None:
    assert {connector.platform for connector in CONNECTORS.values()} <= set(PLATFORMS)
    for name, connector in CONNECTORS.items():
        assert connector.name == name
        assert {"authorize", "token"} <= connector.addresses.keys()
        assert all(address.startswith("https://") for address in connector.addresses.values())
