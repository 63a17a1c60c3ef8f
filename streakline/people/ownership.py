"""Whose plays a reader may ask for."""

from __future__ import annotations


class NotYou(ValueError):
    """The plays of a person who is not the reader."""


class WhichPerson(ValueError):
    """A person has to be named: the reader speaks for none."""


def person_of(asked: str | None, *, sub: str | None, reads_all: bool) -> str:
    """Return the person whose plays are asked for.

    Args:
        asked: the person that the question names; None where it names none.
        sub: the person that the reader's token speaks for.
        reads_all: whether it allows everybody's.

    Raises:
        NotYou: if it does not allow them.
        WhichPerson: if none is named and it speaks for none.
    """
    if asked is None:
        if not sub:
            msg = "is not given, and the token speaks for no person"
            raise WhichPerson(msg)
        return sub
    if asked != sub and not reads_all:
        whom = f"for {sub[:200]!r}" if sub else "for no person"
        msg = f"the token speaks {whom}, not for {asked[:200]!r}; another's needs the scope read:admin"
        raise NotYou(msg)
    return asked
