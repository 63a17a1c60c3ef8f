-- Copies the counts of a recount to `rollup`.
create materialized view if not exists recounts_to_rollup to rollup
(
    grain Enum8('quarter' = 1, 'day' = 2) comment 'Quarter hour or UTC day.',
    at DateTime('UTC') comment 'Its first moment, UTC.',
    shard UInt8 comment 'Part of the stream.',
    contentId String comment 'The content.',
    version UInt64 comment 'The greatest stands. From 2^63 up: recounted from events.',
    contentType LowCardinality(String) comment 'Type of the content.',
    differs Bool comment 'This recount found another value than the provisional row.',
    events UInt64 comment 'All that counts, without robots.',
    starts UInt64 comment 'Plays begun.',
    plays UInt64 comment 'Plays that count.',
    finished UInt64 comment 'Of the counted, finished.',
    replays UInt64 comment 'Of the counted, replays.',
    time_ms UInt64 comment 'Milliseconds listened over all starts.',
    timed UInt64 comment 'Counted plays that give a duration.',
    played_ms UInt64 comment 'Milliseconds of those.',
    completed UInt64 comment 'Counted plays whose completion is known.',
    completion_pm UInt64 comment 'Sum of their completion, per mille.',
    likes UInt64 comment 'Likes.',
    unlikes UInt64 comment 'Likes taken back.',
    saves UInt64 comment 'Saves.',
    unsaves UInt64 comment 'Saves taken back.',
    shares UInt64 comment 'Shares.',
    downloads UInt64 comment 'Downloads.',
    comments UInt64 comment 'Comments.',
    follows UInt64 comment 'Follows.',
    rates UInt64 comment 'Ratings.',
    creates UInt64 comment 'Contents made.',
    exports UInt64 comment 'Exports.',
    reactions UInt64 comment 'Reactions.',
    upgrades UInt64 comment 'Upgrades of a subscription.',
    unfollows UInt64 comment 'Follows taken back.',
    by_source Map(String, UInt64) comment 'Counted plays by source.',
    by_platform Map(String, UInt64) comment 'Counted plays by platform.',
    by_country Map(String, UInt64) comment 'Counted plays by country.',
    by_device Map(String, UInt64) comment 'Counted plays by device.',
    shares_by_platform Map(String, UInt64) comment 'Shares by platform.',
    listeners AggregateFunction(uniqCombined64, UInt64) comment 'Sketch of the persons of all that counts. Read it with uniqCombined64Merge.',
    sessions AggregateFunction(uniqCombined64, UInt64) comment 'Sketch of the sessions of counted plays.',
    users AggregateFunction(uniqCombined64, UInt64) comment 'Sketch of the signed-in persons of counted plays.'
)
as
select
    grain, at, shard, contentId, version, contentType, differs, events, starts, plays, finished, replays, time_ms,
    timed, played_ms, completed, completion_pm, likes, unlikes, saves, unsaves, shares, downloads, comments, follows,
    rates, creates, exports, reactions, upgrades, unfollows, by_source, by_platform, by_country, by_device,
    shares_by_platform, listeners, sessions, users
from recounts
comment 'Internal: copies recounts to rollup.'
