"""What the analyst may read and how much a query of his may use; `deploy/analyst.xml` says the same."""

from typing import Final

from stack.servers.readers import Bound, Reader

ANALYST: Final = "analyst"

# Names granted one by one: what is not here does not show in any list, so that a tool which reads a whole schema
# meets only what it can read. `zone_days` takes parameters and `day_counts` holds sketches; the rest that is left
# out is the product's own.
READABLE: Final = (
    "daily_stats", "weekly_stats", "monthly_stats", "yearly_stats", "zone_daily_stats",
    "play_events", "like_events", "save_events", "share_events", "download_events",
    "analytics_events", "mashup_daily_stats", "user_daily_stats",
    "viewing_streaks", "milestones", "viewing_statistics", "year_in_reviews", "content", "creators",
    "analytics", "user_metrics", "content_performance",
    "shares", "track_counters", "event_log", "events",
)  # fmt: skip

# What tools ask first. `information_schema.tables` also reads `system.parts`, which shows only what is granted;
# `system.build_options` names the edition of the zone files.
CATALOGUE: Final = (
    "information_schema.*", "INFORMATION_SCHEMA.*", "system.parts", "system.numbers", "system.build_options",
)  # fmt: skip


# Each has a least value because 0 means "no limit", and for time so does all that is below; older servers cut parts
# of a second off, so the least is a whole one. The most seconds are far above the usual ones: drivers send their own
# patience (Grafana's 35 or 65 s), which is to be taken and not refused; so is the most rows (JDBC sends what its user
# wants to see, often the 1,048,575 of a sheet). `max_untracked_memory` is what a thread may take before it is
# counted. The last three hold for all his queries together.
BOUNDS: Final = (
    Bound("max_execution_time", 30, 1, 600),
    Bound("max_memory_usage", 1_000_000_000, 1, 1_000_000_000),
    Bound("max_result_rows", 1_000_000, 1, 10_000_000),
    Bound("max_threads", None, 1, 16),
    Bound("max_untracked_memory", 4_194_304, 0, 4_194_304),
    Bound("max_memory_usage_for_user", 2_000_000_000, 1, 2_000_000_000),
    Bound("max_concurrent_queries_for_user", 20, 1, 20),
    Bound("max_temporary_data_on_disk_size_for_user", 5_000_000_000, 1, 5_000_000_000),
)

# `readonly` 2: settings may be changed inside the bounds and nothing else; 1 would refuse even those that every client
# library sends. `final`: a play is reported again as it goes on, and counts once. `asterisk_include_alias_columns`:
# `select *` gives what `describe` shows, which ibis counts on. `session_timezone`: days are UTC days until he says
# another zone, whatever the machine's is. Frames in LZ4: connectorx, so polars, knows no ZSTD.
CHOICES: Final = (
    ("readonly", "2"),
    ("final", "1"),
    ("do_not_merge_across_partitions_select_final", "1"),
    ("asterisk_include_alias_columns", "1"),
    ("session_timezone", "UTC"),
    ("network_compression_method", "LZ4"),
)


READER: Final = Reader(ANALYST, READABLE, CATALOGUE, BOUNDS, CHOICES)
