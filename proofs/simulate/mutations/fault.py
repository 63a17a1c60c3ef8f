"""How a known fault is put into the product: a function that stands in the place of another."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Final, NamedTuple


class Fault(NamedTuple):
    """One replacement."""

    owner: Any
    """Module or class."""
    attribute: str
    instead: Any
    explained: str
    """What the fault does, as a sentence."""


FAULTS: Final[dict[str, Fault]] = {}
"""Name -> the fault."""


def fault(owner: Any, attribute: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register a function as a fault: it is called instead of an attribute, and given the original first."""
    original = vars(owner)[attribute]

    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(function)
        def instead(*arguments: Any, **named: Any) -> Any:
            return function(original, *arguments, **named)

        standing = property(instead) if isinstance(original, property) else instead
        name = function.__name__.replace("_", "-")
        FAULTS[name] = Fault(owner, attribute, standing, str(function.__doc__))
        return function

    return register
