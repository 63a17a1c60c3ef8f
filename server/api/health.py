"""`/health`, `/ready` and `/metrics`: how this process is."""

from __future__ import annotations

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST

from server.door.answers import Answer, answer
from server.ingest.intake import INTAKE
from server.live.feed import FEED
from server.metrics import METRICS
from server.resources import descriptor_limit
from server.resources.redis_client import SETTINGS
from server.upkeep.lag import LAG
from server.upkeep.pressure import PRESSURE
from server.upkeep.watch import WATCH


class Health(Answer):
    """That this process answers."""

    status: str


class Ready(Answer):
    """Whether this process can do its work now.

    Attributes:
        ready: whether it can.
        reasons: why not.
        stopped: why waiting does not help and somebody has to make room; the page, live numbers and history go on.
        warnings: what is wrong though work goes on.
    """

    ready: bool
    reasons: list[str]
    stopped: str | None
    warnings: list[str]


async def health(_: web.Request) -> web.Response:
    """Say that this process answers; it knows nothing of the others."""
    return answer(Health(status="ok"))


async def ready(request: web.Request) -> web.Response:
    """Say whether this process can do its work now, and why not."""
    reasons = await reasons_of(request.app)
    body = Ready(
        ready=not reasons,
        reasons=reasons,
        stopped=request.app[PRESSURE].refusal,
        warnings=warnings_of(request.app),
    )
    return answer(body, status=503 if reasons else 200)


def warnings_of(app: web.Application) -> list[str]:
    """Return what is wrong though work goes on."""
    # Only who takes senders' events can do anything about a disk that fills; the few of `api` change nothing.
    disks = app[PRESSURE].disks.warnings() if "ingest" in app[SETTINGS].roles else []
    return [*app[WATCH].warnings(), *disks, *map(str, app[LAG].lags.silences())]


async def reasons_of(app: web.Application) -> list[str]:
    """Return why this process cannot do its work now; empty if it can."""
    reasons = [app[part].refusal for part in (PRESSURE, WATCH) if part in app]
    if INTAKE in app:  # the others were looked at a second ago: what is written to is asked now
        reasons.append(await app[INTAKE].refusal())
    if FEED in app and (stale := app[FEED].stale) is not None:
        reasons.append(f"live numbers: {stale}")
    return [reason for reason in reasons if reason is not None]


async def metrics(request: web.Request) -> web.Response:
    """Answer the metrics of this process and of the flows, in Prometheus' text format."""
    ours, lag = request.app[METRICS], request.app[LAG]
    ours.ready.set(not await reasons_of(request.app))
    ours.descriptors.set(descriptor_limit.taken())
    ours.descriptor_limit.set(descriptor_limit.limit())
    body = ours.text(lag.flows, lag.lags, request.app[WATCH].counts)
    return web.Response(body=body, headers={"Content-Type": CONTENT_TYPE_LATEST})
