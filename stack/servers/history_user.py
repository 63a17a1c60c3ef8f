"""What the web server may read of history and how much a question may use; `deploy/history.xml` says the same."""

from typing import Final

from stack.servers.readers import Bound, Reader

HISTORY: Final = "history"

# The tables that `sql/queries/history` reads, by name: whoever gets hold of the password reads nothing else.
READABLE: Final = (
    "closed",
    "content",
    "content_days",
    "content_names",
    "content_plays",
    "content_quarters",
    "content_stops",
    "creator_contents",
    "creators",
    "event_log",
    "events",
    "facts",
    "follow_quarters",
    "observations",
    "person_history",
    "person_ids",
    "personal_events",
    "rollup",
    "site_counts",
)

# How much of the disk each table takes. `system.parts` shows only tables that the user may read.
CATALOGUE: Final = ("system.disks", "system.parts")

# A question of a page is answered in milliseconds; one that takes ten seconds is refused as too costly. An export
# asks for the most: silence ends it, or its client. The last three hold for all server processes together, each of
# which asks at most eight questions at once and has at most three exports under way.
BOUNDS: Final = (
    Bound("max_execution_time", 10, 1, 604_800),
    Bound("max_memory_usage", 1_000_000_000, 1, 1_000_000_000),
    Bound("max_result_rows", 1_000_000, 1, 10**15),
    Bound("max_threads", None, 1, 16),
    Bound("max_untracked_memory", 4_194_304, 0, 4_194_304),
    Bound("max_memory_usage_for_user", 3_000_000_000, 1, 3_000_000_000),
    Bound("max_concurrent_queries_for_user", 64, 1, 64),
    Bound("max_temporary_data_on_disk_size_for_user", 5_000_000_000, 1, 5_000_000_000),
)

# `cancel_http_readonly_queries_on_client_close`: the server closes the connection of a statement whose asker left, and
# the statement ends. Days are UTC days unless a query says another zone.
CHOICES: Final = (
    ("readonly", "2"),
    ("do_not_merge_across_partitions_select_final", "1"),
    ("session_timezone", "UTC"),
    ("cancel_http_readonly_queries_on_client_close", "1"),
)

READER: Final = Reader(HISTORY, READABLE, CATALOGUE, BOUNDS, CHOICES)
