-- `daily_stats` by days of any IANA zone, which the setting `session_timezone` names: a plain view that every tool can
-- list and read. Exact for every zone as ClickHouse's calendar knows it, by quarter hours, see `zone_days`.
create view if not exists zone_daily_stats
(
    id String comment 'Of the row: the content id, a colon and the day.',
    trackId String comment 'The content.',
    date Date comment 'Day in the zone.',
    totalPlays Int64 comment 'Plays that count by the rule in force when they were sent.',
    uniquePlays Int64 comment 'Sessions with a counted play, to about 0.1 per cent (exact to about 1,000). 0 where clients send no sessionId.',
    totalLikes Int64 comment 'Likes. Unlikes are not taken off.',
    totalShares Int64 comment 'Shares.',
    totalDownloads Int64 comment 'Downloads.',
    totalSaves Int64 comment 'Saves. Unsaves are not taken off.',
    avgDuration Nullable(Float64) comment 'Seconds played of an average counted play. Null where none gives a duration.',
    avgCompletionRate Nullable(Float64) comment 'Per cent of the content that an average counted play reached. Null where none gives it.',
    skipRate Nullable(Float64) comment 'Per cent of the begun plays that do not count. Null where none began.',
    replayRate Nullable(Float64) comment 'Per cent of the counted plays that were replays. Null where none counts.',
    createdAt DateTime64(3, 'UTC') comment 'When the newest of these events was accepted, UTC.',
    zone String comment 'The zone of these days, as the setting session_timezone names it, by ClickHouse\'s edition of the zone files.'
)
sql security definer
as
with
    (select cast((groupArray(shard), groupArray(upto)), 'Map(UInt8, DateTime(\'UTC\'))') from closed final) as closed_to,
    (select min(upto) from closed final) as opened
select
    concat(contentId, ':', toString(date)) as id,
    contentId as trackId,
    date,
    toInt64(sum(plays)) as totalPlays,
    toInt64(uniqCombined64Merge(sessions)) as uniquePlays,
    toInt64(sum(likes)) as totalLikes,
    toInt64(sum(shares)) as totalShares,
    toInt64(sum(downloads)) as totalDownloads,
    toInt64(sum(saves)) as totalSaves,
    sum(played_ms) / 1000 / nullIf(sum(timed), 0) as avgDuration,
    sum(completion_pm) / 10 / nullIf(sum(completed), 0) as avgCompletionRate,
    100 * (sum(starts) - sum(plays)) / nullIf(sum(starts), 0) as skipRate,
    100 * sum(replays) / nullIf(sum(plays), 0) as replayRate,
    fromUnixTimestamp64Milli(toInt64(bitShiftRight(max(bitAnd(version, 9223372036854775807)), 22)), 'UTC') as createdAt,
    timezone() as zone
from
(
    select
        toDate(at, timezone()) as date, contentId, version, events, starts, plays, replays, timed, played_ms, completed,
        completion_pm, likes, saves, shares, downloads, sessions
    from rollup final
    where grain = 'quarter'
    settings do_not_merge_across_partitions_select_final = 1, optimize_move_to_prewhere_if_final = 1
    union all
    select
        toDate(ts, timezone()) as date, contentId, 0 as version, 0 as events, 0 as starts, 0 as plays, 0 as replays,
        0 as timed, 0 as played_ms, 0 as completed, 0 as completion_pm, 0 as likes, 0 as saves, 0 as shares,
        0 as downloads, uniqCombined64StateIf(xxh3(sessionId), counted and sessionId != '') as sessions
    from events final
    where toStartOfFifteenMinutes(ts) > opened and toStartOfFifteenMinutes(ts) > closed_to[shard] and countable
    group by date, contentId
    settings do_not_merge_across_partitions_select_final = 1, optimize_move_to_prewhere_if_final = 1
)
where contentId != ''
group by trackId, date
having sum(events) > 0
comment 'Statistics of a content on a day of the zone that the setting session_timezone names (UTC if none): select ... settings session_timezone = \'Asia/Kolkata\'. Uniques do not add up over rows.'
