"""Fragments of statements: what `composed.py` puts together. Of a value that is asked for they have the parameter."""

from __future__ import annotations

from typing import Final

EVENT_COLUMNS: Final = {
    "events": "countable",
    "starts": "countable and kind <= 3",
    "plays": "countable and counted",
    "finished": "countable and counted and finished",
    "replays": "countable and counted and replayed",
    "time_ms": "if(countable and kind <= 3, duration, 0)",
    "timed": "countable and counted and timed",
    "played_ms": "if(countable and counted and timed, duration, 0)",
    "completed": "countable and counted and completion != 65535",
    "completion_pm": "if(countable and counted and completion != 65535, completion, 0)",
    "likes": "countable and kind = 4",
    "unlikes": "countable and kind = 5",
    "saves": "countable and kind = 6",
    "unsaves": "countable and kind = 7",
    "shares": "countable and kind = 8",
    "downloads": "countable and kind = 9",
    "comments": "countable and kind = 10",
    "follows": "countable and kind = 11",
    "rates": "countable and kind = 12",
    "creates": "countable and kind = 13",
    "exports": "countable and kind = 14",
    "reactions": "countable and kind = 15",
    "upgrades": "countable and kind = 16",
    "unfollows": "countable and kind = 24",
}
"""Column of `rollup` -> what it counts of an event, as the recount says."""
EVENT_MAPS: Final = {
    **{
        f"by_{one}": f"sumMapIf(map(toString({one}), toInt64(1)), countable and counted and {one} != '')"
        for one in ("source", "platform", "country", "device")
    },
    "shares_by_platform": "sumMapIf(map(toString(platform), toInt64(1)), countable and kind = 8 and platform != '')",
}
"""Breakdown of `rollup` -> the same of events, with signs as the sums of rows have none."""
EVENT_SKETCHES: Final = {
    "listeners": "uniqCombined64StateIf(listener64, countable)",
    "sessions": "uniqCombined64StateIf(xxh3(sessionId), countable and counted and sessionId != '')",
    "users": "uniqCombined64StateIf(xxh3(userId), countable and counted and userId != '')",
}
ENDS: Final = """(
        (ts >= {start:DateTime64(3, 'UTC')} and ts < {quarters:DateTime64(3, 'UTC')})
        or (ts >= {quarters_end:DateTime64(3, 'UTC')} and ts < {end:DateTime64(3, 'UTC')})
    )"""
# Provisional rows of quarter hours that are still open have no sketches.
OPEN: Final = "ts >= {closed_end:DateTime64(3, 'UTC')} and ts < {quarters_end:DateTime64(3, 'UTC')}"
OPEN_ROWS: Final = "at >= {closed_end:DateTime64(3, 'UTC')} and at < {quarters_end:DateTime64(3, 'UTC')}"
DAY_ROWS: Final = "at >= {days:DateTime64(3, 'UTC')} and at < {days_end:DateTime64(3, 'UTC')}"
HEAD_ROWS: Final = "at >= {quarters:DateTime64(3, 'UTC')} and at < {days:DateTime64(3, 'UTC')}"
TAIL_ROWS: Final = "at >= {days_end:DateTime64(3, 'UTC')} and at < {quarters_end:DateTime64(3, 'UTC')}"
CLOSED_TAIL_ROWS: Final = "at >= {days_end:DateTime64(3, 'UTC')} and at < {closed_end:DateTime64(3, 'UTC')}"
SPLIT: Final = "toDate(at) in {split:Array(Date)}"
ONE_OF: Final = "shard in {shards:Array(UInt8)} and contentId in {contents:Array(String)}"
# Where to look, by the index, and whose it is now, by the catalogue.
OF_CREATORS: Final = """contentId in (
        select id from facts final
        where subject = 'content' and fact = 'creator' and value in {creators:Array(String)}
            and id in (select contentId from creator_contents where creatorId in {creators:Array(String)})
    )"""
LOCAL: Final = (
    "(toInt64(toUnixTimestamp({at})) + transform(roundDown(toInt64(toUnixTimestamp({at})), "
    "{{changes:Array(Int64)}}), {{changes:Array(Int64)}}, {{offsets:Array(Int64)}}, toInt64(0)))"
)
CYCLES: Final = {
    "hourOfDay": "intDiv({local} % 86400, 3600)",
    "weekday": "(intDiv({local}, 86400) + 3) % 7 + 1",
}
FACTS: Final = {"contentType": "types", "app": "types", "creator": "creators"}
"""Dimension of the catalogue -> the facts that it is of."""
FACT_JOINS: Final = {
    "types": (
        "if(types.value = '', 'unknown', types.value) as d_contentType",
        """left join (select id, value from facts final where subject = 'content' and fact = 'type') as types
    on d_content = types.id""",
    ),
    "creators": (
        "if(creators.value = '', 'unknown', creators.value) as d_creator",
        """left join (select id, value from facts final where subject = 'content' and fact = 'creator') as creators
    on d_content = creators.id""",
    ),
}
"""Facts -> what they are as a column, and how they come to a row."""
OPERATORS: Final = {
    "is": "{key} in {{{name}:Array(String)}}",
    "is_not": "{key} not in {{{name}:Array(String)}}",
    "contains": "arrayExists(part -> position({key}, part) > 0, {{{name}:Array(String)}})",
}
SETTINGS: Final = (
    "settings do_not_merge_across_partitions_select_final = 1, optimize_move_to_prewhere_if_final = 1"
)
