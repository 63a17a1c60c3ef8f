"""Metrics: what is said of an account or a post of another platform, as one event a number.

As those of personal events, its fields become properties of the event and may come as properties too: an exported
event is the same event again.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any, Final

from streakline.ingest.events import Event, Number, Scalar
from streakline.ingest.rules import Refused, free_properties, json_text
from streakline.platforms.names import LARGEST, METRICS, PLATFORMS, Metric, unknown
from streakline.times import EARLIEST_MS, parse_when

LONGEST: Final = 200
"""Characters of the id of an account or post, and of what else is said of where a number comes from."""
_TEXTS: Final = ("account", "post", "surface", "version")
_LATEST_MS: Final = 4_102_444_800_000
_CURRENCY: Final = re.compile(r"[A-Z]{3}")


def metric_text(event: Event, user: str) -> str:
    """Return the properties of a metric, its fields among them, as a JSON object.

    Args:
        event: of the kind `metric`.
        user: whose account it is; "" for nobody's.

    Raises:
        Refused: if it is nobody's, of no account or post, or a field is missing or cannot be used.
    """
    if not user:
        msg = "userId is missing; a metric is of an account of a person"
        raise Refused(msg)
    if event.action is not None:
        msg = f"action {event.action[:40]!r} of a metric is not known; a newer value replaces an older one"
        raise Refused(msg)
    free = free_properties(event)
    platform = _platform(event.platform or free.get("platform"))
    texts = {name: _text(name, getattr(event, name, None) or free.get(name)) for name in _TEXTS}
    if not texts["account"] and not texts["post"]:
        if not event.contentId:
            msg = "account, post and contentId are all missing; a metric is of one of them"
            raise Refused(msg)
        texts["post"] = event.contentId
    metric = _metric(event.name if event.name is not None else free.get("name"))
    fields: dict[str, Scalar] = {
        "platform": platform,
        **{name: text for name, text in texts.items() if text},
        "name": metric.name,
        "value": _value(metric, event.value if event.value is not None else free.get("value")),
        **_currency(metric, free.get("currency")),
        **_fetched(free.get("fetchedAt")),
    }
    return json_text({name: value for name, value in free.items() if name not in _TEXTS} | fields)


def _platform(given: Any) -> str:
    if given is None or given == "":
        msg = f"platform is missing; a metric is of one of {', '.join(PLATFORMS)}"
        raise Refused(msg)
    if given not in PLATFORMS:
        msg = (
            f"platform {str(given)[:40]!r} of a metric is not known; the platforms are {', '.join(PLATFORMS)}"
        )
        raise Refused(msg)
    return str(given)


def _text(name: str, given: Any) -> str:
    if given is None:
        return ""
    if not isinstance(given, str) or len(given) > LONGEST or "\0" in given:
        msg = f"{name} {str(given)[:40]!r} of a metric is no text of at most {LONGEST} characters"
        raise Refused(msg)
    return given


def _metric(given: Any) -> Metric:
    if given is None:
        msg = f"name is missing; a metric has one of {', '.join(METRICS)}"
        raise Refused(msg)
    metric = METRICS.get(given) if isinstance(given, str) else None
    if metric is None:
        raise Refused(unknown(str(given)))
    return metric


def _value(metric: Metric, given: Any) -> Number:
    if given is None:
        msg = f"value of {metric.name} is missing; leave out the whole event where the platform tells none"
        raise Refused(msg)
    if isinstance(given, bool) or not isinstance(given, int | float) or math.isnan(given):
        msg = f"value {str(given)[:40]!r} of {metric.name} is no number"
        raise Refused(msg)
    if not -LARGEST <= given <= LARGEST:
        msg = f"value {str(given)[:40]} of {metric.name} is beyond {LARGEST}"
        raise Refused(msg)
    if given < 0 and not metric.signed:
        msg = f"value {given} of {metric.name} is below 0"
        raise Refused(msg)
    if metric.unit != "count":
        return given
    if given != int(given):
        msg = f"value {given} of {metric.name} is no whole number; it counts"
        raise Refused(msg)
    return int(given)


def _currency(metric: Metric, given: Any) -> Mapping[str, str]:
    if metric.unit != "money":
        if given is not None:
            msg = f"currency {str(given)[:40]!r} is given, and {metric.name} is no money"
            raise Refused(msg)
        return {}
    if not isinstance(given, str) or not _CURRENCY.fullmatch(given):
        msg = f"currency {str(given)[:40]!r} of {metric.name} is none; send it in properties, like EUR"
        raise Refused(msg)
    return {"currency": given}


def _fetched(given: Any) -> Mapping[str, int]:
    if given is None:
        return {}
    try:
        at = parse_when(given)[0] if isinstance(given, str | int | float) else -1
    except ValueError as error:
        raise Refused(str(error).replace("timestamp", "fetchedAt", 1)) from error
    if not EARLIEST_MS <= at < _LATEST_MS:
        msg = f"fetchedAt {str(given)[:40]!r} of a metric is no time of this century; epoch times are milliseconds"
        raise Refused(msg)
    return {"fetchedAt": at}
