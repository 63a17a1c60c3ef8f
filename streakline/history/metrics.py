"""The metrics of history: of each its name, what it is made of, and its words. Whatever speaks of metrics reads this.

A formula is computed from integers, half up, wherever it is computed: `streakline.history.totals.hundredths`.
"""

from __future__ import annotations

from typing import Final

import msgspec


class Sum(msgspec.Struct, frozen=True):
    """Sums of columns, less the sums of others."""

    plus: tuple[str, ...]
    minus: tuple[str, ...] = ()


class Ratio(msgspec.Struct, frozen=True):
    """A quotient with two decimals: `part` times `times` by `of` times `by`; null where nothing divides.

    Attributes:
        part: what is divided.
        of: the column that divides, "" for 1.
        times: what the part is multiplied with.
        by: what the divisor is multiplied with.
    """

    part: Sum
    of: str = ""
    times: int = 1
    by: int = 1


class Different(msgspec.Struct, frozen=True):
    """Different ones, estimated by the sketch of a column."""

    sketch: str


class Metric(msgspec.Struct, frozen=True):
    """A number that can be asked for.

    Attributes:
        name: as it is asked for.
        label: for people.
        words: what it counts.
        unit: `count`, `seconds`, `hours` or `percent`.
        formula: what it is of the columns of `rollup`.
    """

    name: str
    label: str
    words: str
    formula: Sum | Ratio | Different
    unit: str = "count"

    @property
    def described(self) -> tuple[str, str, str]:
        """Label, words and unit."""
        return self.label, self.words, self.unit

    @property
    def columns(self) -> frozenset[str]:
        """The columns whose sums it needs; none for different ones."""
        match self.formula:
            case Sum(plus, minus):
                return frozenset({*plus, *minus})
            case Ratio(part, of):
                return frozenset({*part.plus, *part.minus, of} - {""})
            case Different():
                return frozenset()

    @property
    def sketch(self) -> str:
        """The column whose sketches it merges; "" for none."""
        return self.formula.sketch if isinstance(self.formula, Different) else ""


ERROR: Final = "estimated by a sketch, within 1 %"
"""What is said of metrics that count different ones."""

_ALL: Final = (
    Metric("plays", "Plays", "plays that count", Sum(("plays",))),
    Metric("starts", "Starts", "plays begun, counted or not", Sum(("starts",))),
    Metric("skips", "Skips", "plays begun that do not count", Sum(("starts",), ("plays",))),
    Metric("replays", "Replays", "plays that count and were replays", Sum(("replays",))),
    Metric("finished", "Finished", "plays that count and reached the end", Sum(("finished",))),
    Metric("listeners", "Listeners", "different listeners of anything that counts", Different("listeners")),
    Metric("sessions", "Sessions", "different sessions of plays that count", Different("sessions")),
    Metric("users", "Users", "different signed-in persons of plays that count", Different("users")),
    Metric(
        "hours", "Hours", "time of all plays begun", Ratio(Sum(("time_ms",)), by=3_600_000), unit="hours"
    ),
    Metric(
        "avgDuration", "Average duration", "mean duration of the plays that count and tell it",
        Ratio(Sum(("played_ms",)), "timed", by=1_000), unit="seconds",
    ),
    Metric(
        "completionRate", "Completion", "mean completion of the plays that count and tell it",
        Ratio(Sum(("completion_pm",)), "completed", by=10), unit="percent",
    ),
    Metric(
        "skipRate", "Skip rate", "skips of all plays begun",
        Ratio(Sum(("starts",), ("plays",)), "starts", times=100), unit="percent",
    ),
    Metric(
        "replayRate", "Replay rate", "replays of the plays that count",
        Ratio(Sum(("replays",)), "plays", times=100), unit="percent",
    ),
    Metric(
        "finishRate", "Finish rate", "plays that reached the end, of those that count",
        Ratio(Sum(("finished",)), "plays", times=100), unit="percent",
    ),
    Metric(
        "likeRate", "Like rate", "likes of the plays that count; may be over 100",
        Ratio(Sum(("likes",)), "plays", times=100), unit="percent",
    ),
    Metric(
        "shareRate", "Share rate", "shares of the plays that count; may be over 100",
        Ratio(Sum(("shares",)), "plays", times=100), unit="percent",
    ),
    Metric(
        "saveRate", "Save rate", "saves of the plays that count; may be over 100",
        Ratio(Sum(("saves",)), "plays", times=100), unit="percent",
    ),
    Metric(
        "downloadRate", "Download rate", "downloads of the plays that count; may be over 100",
        Ratio(Sum(("downloads",)), "plays", times=100), unit="percent",
    ),
    Metric("likes", "Likes", "likes, also those that were taken back", Sum(("likes",))),
    Metric("unlikes", "Unlikes", "likes taken back", Sum(("unlikes",))),
    Metric("saves", "Saves", "saves, also those that were taken back", Sum(("saves",))),
    Metric("unsaves", "Unsaves", "saves taken back", Sum(("unsaves",))),
    Metric("shares", "Shares", "shares", Sum(("shares",))),
    Metric("downloads", "Downloads", "downloads", Sum(("downloads",))),
    Metric("comments", "Comments", "comments", Sum(("comments",))),
    Metric("follows", "Follows", "follows, also those that were taken back", Sum(("follows",))),
    Metric("unfollows", "Unfollows", "follows taken back", Sum(("unfollows",))),
    Metric("rates", "Ratings", "ratings given", Sum(("rates",))),
    Metric("creates", "Creations", "contents made of others", Sum(("creates",))),
    Metric("exports", "Exports", "exports", Sum(("exports",))),
    Metric("reactions", "Reactions", "reactions", Sum(("reactions",))),
    Metric("upgrades", "Upgrades", "upgrades", Sum(("upgrades",))),
    Metric("events", "Events", "everything that counts for a content", Sum(("events",))),
)  # fmt: skip
METRICS: Final[dict[str, Metric]] = {metric.name: metric for metric in _ALL}
"""Name -> metric."""
