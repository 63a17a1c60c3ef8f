"""What is sealed opens by its key and for its use alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from server.app import init_app
from server.platforms.sealing import NoKey, Sealed, Sealer
from streakline.platforms.connectors.oauth import Tokens
from streakline.settings import BadSetting, Settings

OLD, NEW = "an old key that nobody can guess now", "a new key that nobody can guess yet!"
TOKENS = Tokens("access", 5, "refresh", scopes=("a",))


def test_what_was_sealed_opens_for_its_use() -> None:
    sealer = Sealer([OLD])
    sealed = sealer.seal("tokens of a", TOKENS)
    assert "access" not in sealed
    assert sealer.open("tokens of a", sealed, Tokens) == TOKENS
    with pytest.raises(Sealed, match="sealed for tokens of a was given for tokens of b"):
        sealer.open("tokens of b", sealed, Tokens)


def test_a_key_is_changed_by_putting_another_before_it() -> None:
    sealed = Sealer([OLD]).seal("x", TOKENS)
    both = Sealer([NEW, OLD])
    assert both.open("x", sealed, Tokens) == TOKENS
    again = both.seal("x", TOKENS)
    assert Sealer([NEW]).open("x", again, Tokens) == TOKENS
    with pytest.raises(Sealed, match="is its key still in STREAKLINE_PLATFORM_KEYS"):
        Sealer([NEW]).open("x", sealed, Tokens)


@pytest.mark.parametrize("damaged", ["", "x", "gAAAA", "\x00"])
def test_what_is_damaged_is_told(damaged: str) -> None:
    with pytest.raises(Sealed):
        Sealer([OLD]).open("x", damaged, Tokens)


def test_a_key_that_can_be_guessed_is_none() -> None:
    with pytest.raises(NoKey, match="names no key"):
        Sealer([])
    with pytest.raises(NoKey, match="has 5 characters"):
        Sealer([NEW, "short"])


@pytest.mark.parametrize(
    ("text", "keys", "why"),
    [
        ("{", (OLD,), "truncated"),
        ('{"orkut": {"clientId": "a", "clientSecret": "b"}}', (OLD,), "'orkut' is no platform"),
        ('{"youtube": {"clientId": "a", "clientSecret": "b"}}', (), "names no key"),
        (None, (OLD,), "No such file"),
    ],
)
def test_a_server_does_not_start_by_a_file_that_cannot_be_used(
    tmp_path: Path, text: str | None, keys: tuple[str, ...], why: str
) -> None:
    file = tmp_path / "apps.json"
    if text is not None:
        file.write_text(text)
    with pytest.raises(BadSetting, match=r"^STREAKLINE_PLATFORMS is ") as refused:
        init_app(Settings(platforms=str(file), platform_keys=keys))
    assert why in str(refused.value)
