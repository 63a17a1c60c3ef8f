"""Whose numbers a reader may ask for."""

from __future__ import annotations

from collections.abc import Collection


class NotYours(ValueError):
    """The numbers of a creator whom the reader does not speak for."""


class WhichCreator(ValueError):
    """A creator has to be named: the reader speaks for several, or for none."""


def creator_of(asked: str | None, *, creators: Collection[str], sub: str | None, reads_all: bool) -> str:
    """Return the creator whose numbers are asked for.

    Args:
        asked: the creator that the question names; None where it names none.
        creators: that the reader's token lists.
        sub: the person it speaks for, who is the creator where it lists none.
        reads_all: whether it allows every creator's numbers.

    Raises:
        NotYours: if it does not allow them; the message tells what it allows.
        WhichCreator: if none is named and there is no single one.
    """
    own = sorted(creators) or ([sub] if sub else [])
    if asked is not None:
        if not reads_all and asked not in own:
            msg = f"creator {asked[:200]!r} is not yours; the token speaks for {', '.join(own)[:200]}"
            raise NotYours(msg)
        return asked
    if len(own) != 1:
        listed = f"several: {', '.join(own)[:200]}" if own else "no creator"
        msg = f"is not given, and the token speaks for {listed}"
        raise WhichCreator(msg)
    return own[0]
