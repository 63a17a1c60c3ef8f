"""Traffic: what this server took and refused, and how its live clients keep up."""

from __future__ import annotations

from aiohttp import web
from prometheus_client import Counter

from server.door.answers import Answer
from server.live.broadcast import BROADCAST
from server.live.feed import FEED
from server.metrics import METRICS


class Ingest(Answer):
    """Events since this server began (ms); `rejected` by the first word of the reason, most first."""

    since: int
    accepted: int
    duplicates: int
    rejected: dict[str, int]


class Live(Answer):
    """How far this server's live numbers are, and its live clients.

    Attributes:
        epoch: of the cursor.
        seq: how far they are.
        clients: connected now.
        slow: of those, behind now: they are skipped until they keep up.
        skipped: frames that slow clients were not sent since this server began.
        closed: clients that were closed since, for they stayed behind.
    """

    epoch: str
    seq: str
    clients: int
    slow: int
    skipped: int
    closed: int


def ingest_of(app: web.Application) -> Ingest:
    """Return what this process took and refused."""
    metrics = app[METRICS]
    rejected = {
        sample.labels["reason"]: int(sample.value)
        for family in metrics.rejected.collect()
        for sample in family.samples
        if sample.name.endswith("_total")
    }
    return Ingest(
        since=metrics.began_ms,
        accepted=_total(metrics.accepted),
        duplicates=_total(metrics.duplicates),
        rejected=dict(sorted(rejected.items(), key=lambda item: (-item[1], item[0]))),
    )


def live_of(app: web.Application) -> Live:
    """Return how this process' live clients keep up; without the role it has none."""
    fan_out = app[BROADCAST].fan_out if BROADCAST in app else None
    return Live(
        epoch=app[FEED].epoch,
        seq=app[FEED].position,
        clients=len(fan_out.clients) if fan_out else 0,
        slow=fan_out.slow if fan_out else 0,
        skipped=_total(app[METRICS].skipped),
        closed=_total(app[METRICS].lagging),
    )


def _total(counter: Counter) -> int:
    """Return what a counter has counted; the whole registry would be gathered for one sample of it."""
    samples = [sample for family in counter.collect() for sample in family.samples]
    return int(sum(sample.value for sample in samples if sample.name.endswith("_total")))
