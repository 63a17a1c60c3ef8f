"""Metrics of this process, and those of the flows, which leave theirs in Redis."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Final

from aiohttp import hdrs, web
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.exposition import generate_latest

from server.problems import Handler
from streakline.health.lag import Lags

_BUCKETS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)
_NAME: Final = re.compile(r"[^a-z0-9_]+")
FlowMetrics = Mapping[tuple[str, str], Mapping[str, float]]
"""(flow, its shards) -> name -> value."""
OLD_LAG: Final = "lag_ms"
"""A field of flows that were started before servers saw how far they are; their word on it froze with them."""
Faults = Mapping[tuple[str, str], int]
"""(name, where) -> how often it happened."""


class Metrics:
    """Counters of one application, in a registry of their own (tests run several in one process)."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.began_ms = time.time_ns() // 1_000_000
        self.requests = Counter(
            "streakline_http_requests", "Requests by route and status.", ["method", "route", "status"],
            registry=self.registry,
        )  # fmt: skip
        self.seconds = Histogram(
            "streakline_http_request_seconds", "Time to answer, sockets left out.", ["route"],
            buckets=_BUCKETS, registry=self.registry,
        )  # fmt: skip
        self.kept = Counter(
            "streakline_history_answers", "Answers of history, made or given again.", ["outcome"],
            registry=self.registry,
        )  # fmt: skip
        self.accepted = self._counter("streakline_events_accepted", "Events written to the stream.")
        self.duplicates = self._counter("streakline_events_duplicate", "Repeats inside one request.")
        self.rejected = Counter(
            "streakline_events_rejected", "Events refused, by the first word of the reason.", ["reason"],
            registry=self.registry,
        )  # fmt: skip
        self.warned = self._counter(
            "streakline_events_warned", "Events whose playId has two starts in one request."
        )
        self.bots = self._counter("streakline_events_bot", "Events flagged as made by a robot.")
        self.skew = Histogram(
            "streakline_sender_skew_seconds", "How far senders' clocks are off, by sentAt.",
            buckets=(1, 5, 30, 60, 300, 900, 3600), registry=self.registry,
        )  # fmt: skip
        self.sockets = Gauge("streakline_sockets", "Open live connections.", ["kind"], registry=self.registry)
        self.refused = self._counter(
            "streakline_live_refused", "Live connections refused for want of descriptors."
        )
        self.descriptors = self._gauge("streakline_descriptors", "Descriptors that this process has.")
        self.descriptor_limit = self._gauge("streakline_descriptor_limit", "Descriptors that it may have.")
        self.frames = self._counter("streakline_frames_sent", "Live frames written to sockets.")
        self.skipped = self._counter("streakline_frames_skipped", "Live frames not written to a slow socket.")
        self.lagging = self._counter("streakline_sockets_lagging", "Live connections closed for lagging.")
        self.ticks = self._counter("streakline_ticks", "Ticks appended to silent streams.")
        self.trimmed = self._counter("streakline_entries_trimmed", "Stream entries removed by trimming.")

        self.questions = Counter(
            "streakline_history_questions", "Questions to ClickHouse, by query and how they ended.",
            ["query", "outcome"], registry=self.registry,
        )  # fmt: skip
        self.question_seconds = Histogram(
            "streakline_history_seconds", "Time to answer them, waiting for a turn included.", ["query"],
            buckets=_BUCKETS, registry=self.registry,
        )  # fmt: skip
        self.jobs = Counter(
            "streakline_job_runs", "Runs of jobs, by name and how they ended.", ["job", "outcome"],
            registry=self.registry,
        )  # fmt: skip
        self.job_seconds = Histogram(
            "streakline_job_seconds", "How long runs of jobs took.", ["job"],
            buckets=(0.01, 0.1, 1, 10, 60, 600, 3600), registry=self.registry,
        )  # fmt: skip
        self.deliveries = Counter(
            "streakline_webhook_attempts", "Attempts to deliver to a webhook, by how they ended.", ["outcome"],
            registry=self.registry,
        )  # fmt: skip
        self.delivery_seconds = Histogram(
            "streakline_webhook_seconds", "How long they took.",
            buckets=(0.01, 0.1, 0.5, 1, 5, 15), registry=self.registry,
        )  # fmt: skip
        self.platform_syncs = Counter(
            "streakline_platform_syncs", "Looks at accounts of other platforms, by how they ended.",
            ["platform", "outcome"], registry=self.registry,
        )  # fmt: skip
        self.platform_values = Counter(
            "streakline_platform_values", "Numbers that they wrote.", ["platform"], registry=self.registry,
        )  # fmt: skip
        self.platform_requests = Counter(
            "streakline_platform_requests", "Requests to other platforms, by the class of the answer.",
            ["platform", "outcome"], registry=self.registry,
        )  # fmt: skip
        self.platform_seconds = Histogram(
            "streakline_platform_seconds", "How long platforms took to answer.", ["platform"],
            buckets=(0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20), registry=self.registry,
        )  # fmt: skip
        self.owed = Gauge(
            "streakline_people_owed", "Persons of whom domain events are owed, where they are emitted.",
            ["by"], registry=self.registry,
        )  # fmt: skip
        self.reported = Counter(
            "streakline_people_reported", "Persons of whom domain events were looked for.", ["by"],
            registry=self.registry,
        )  # fmt: skip
        self.unnamed = self._counter("streakline_people_unnamed", "Persons whose id history does not know.")
        self.went_back = self._counter("streakline_redis_went_back", "Times that Redis came back with less.")
        self.clock_skew = self._gauge(
            "streakline_clock_skew_seconds", "How far Redis' clock is ahead of ours."
        )
        self.stream_ahead = self._gauge(
            "streakline_stream_ahead_seconds", "How far entry ids are ahead of us."
        )
        self.ready = self._gauge("streakline_ready", "1 while /ready says so.")
        self.free_disk = self._gauge("streakline_free_disk_bytes", "Free where the data is.")
        self.redis_free_disk = self._gauge(
            "streakline_redis_free_disk_bytes", "Free where Redis keeps its file; NaN if that cannot be seen."
        )
        self.store_share = self._gauge(
            "streakline_redis_memory_share", "Used per cent of Redis' memory limit."
        )

    def _gauge(self, name: str, text: str) -> Gauge:
        return Gauge(name, text, registry=self.registry)

    def _counter(self, name: str, text: str) -> Counter:
        return Counter(name, text, registry=self.registry)

    def answers(self, request: web.Request) -> Callable[[int, float], None]:
        """Return what counts an answer to a request like this one, by its status and the seconds it took."""
        method, route = _named(request)
        by_status = {202: self.requests.labels(method, route, "202")}
        seconds = self.seconds.labels(route)

        def count(status: int, took: float) -> None:
            (by_status.get(status) or self.requests.labels(method, route, str(status))).inc()
            seconds.observe(took)

        return count

    def question(self, query: str, outcome: str, seconds: float) -> None:
        """Count a question to ClickHouse that has ended."""
        self.questions.labels(query, outcome).inc()
        self.question_seconds.labels(query).observe(seconds)

    def job(self, name: str, outcome: str, seconds: float) -> None:
        """Count a run of a job that has ended."""
        self.jobs.labels(name, outcome).inc()
        self.job_seconds.labels(name).observe(seconds)

    def delivery(self, outcome: str, seconds: float) -> None:
        """Count an attempt to deliver to a webhook."""
        self.deliveries.labels(outcome).inc()
        self.delivery_seconds.observe(seconds)

    def platform_sync(self, platform: str, outcome: str, values: int) -> None:
        """Count a look at an account that has ended."""
        self.platform_syncs.labels(platform, outcome).inc()
        self.platform_values.labels(platform).inc(values)

    def platform_request(self, platform: str, outcome: str, seconds: float) -> None:
        """Count a request to a platform that was answered, or was not."""
        self.platform_requests.labels(platform, outcome).inc()
        self.platform_seconds.labels(platform).observe(seconds)

    def text(self, flows: FlowMetrics, lags: Lags, faults: Faults) -> bytes:
        """Return everything in Prometheus' text format."""
        others = (_Flows(flows), _Lags(lags), _Faults(faults))
        return generate_latest(self.registry) + b"".join(generate_latest(registry) for registry in others)


class _Flows(CollectorRegistry):
    """The flows' gauges at one moment."""

    def __init__(self, flows: FlowMetrics) -> None:
        super().__init__()
        self._flows = flows

    def collect(self) -> Iterable[GaugeMetricFamily]:
        families: dict[str, GaugeMetricFamily] = {}
        for (flow, shards), values in self._flows.items():
            for name, value in values.items():
                if name == OLD_LAG:
                    continue
                metric = f"streakline_flow_{_NAME.sub('_', name.lower())}"
                family = families.get(metric) or GaugeMetricFamily(
                    metric, f"Of the flows: {name}.", labels=["flow", "shards"]
                )
                families[metric] = family
                family.add_metric([flow, shards], value)
        return families.values()


class _Lags(CollectorRegistry):
    """How far the flows are behind, as this server sees it: a flow that died says nothing of itself."""

    def __init__(self, lags: Lags) -> None:
        super().__init__()
        self._lags = lags

    def collect(self) -> Iterable[GaugeMetricFamily]:
        labels = ["flow", "shard"]
        behind = GaugeMetricFamily(
            "streakline_flow_lag_ms",
            "How long the oldest entry waits that the flow has not passed.",
            labels=labels,
        )
        silent = GaugeMetricFamily(
            "streakline_flow_silent_seconds", "Since the flow gave a sign of life or work.", labels=labels
        )
        for family, values in ((behind, self._lags.behind), (silent, self._lags.silent)):
            for (flow, shard), value in values.items():
                family.add_metric([flow, str(shard)], value)
        return [behind, silent]


class _Faults(CollectorRegistry):
    """The faults that anybody left word of."""

    def __init__(self, faults: Faults) -> None:
        super().__init__()
        self._faults = faults

    def collect(self) -> Iterable[CounterMetricFamily]:
        family = CounterMetricFamily(
            "streakline_faults", "Faults by name and place.", labels=["fault", "where"]
        )
        for (name, where), times in self._faults.items():
            family.add_metric([name, where], times)
        return [family]


METRICS: Final = web.AppKey("metrics", Metrics)


@web.middleware
async def metrics_middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Count every answer and time it; the outermost middleware, so that refusals are counted too."""
    metrics = request.app[METRICS]
    began = time.perf_counter()
    response = await handler(request)
    method, route = _named(request)
    metrics.requests.labels(method, route, str(response.status)).inc()
    if not route.startswith("/api/live"):
        metrics.seconds.labels(route).observe(time.perf_counter() - began)
    return response


def _named(request: web.Request) -> tuple[str, str]:
    """Return method and route of a request as labels: few values."""
    resource = request.match_info.route.resource
    method = request.method if request.method in hdrs.METH_ALL else "OTHER"
    return method, resource.canonical if resource is not None else "none"
