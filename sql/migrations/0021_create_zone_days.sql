-- Counts per content and day of any IANA zone, from quarter hours; both days are included:
-- `zone_days(tz = 'Asia/Kolkata', first = '2026-01-01', last = '2026-01-31')`. Group by (date, contentId): a day may have
-- two rows, for the uniques of quarter hours that are still open come from `events`. Exact for every zone as ClickHouse's
-- calendar knows it, which is by quarter hours: where clocks changed at 00:01 (St John's, Goose Bay, Moncton, one day a
-- year, the last in 2011) one minute counts on the day beside it.
create view if not exists zone_days as
with
    (select cast((groupArray(shard), groupArray(upto)), 'Map(UInt8, DateTime(\'UTC\'))') from closed final) as closed_to,
    (select min(upto) from closed final) as opened,
    toDateTime({first:Date} - 1, 'UTC') as opens,
    toDateTime({last:Date} + 2, 'UTC') as ends
select
    toDate(at, {tz:String}) as date, shard, contentId, max(contentType) as contentType,
    sum(events) as events,
    sum(starts) as starts,
    sum(plays) as plays,
    sum(finished) as finished,
    sum(replays) as replays,
    sum(time_ms) as time_ms,
    sum(timed) as timed,
    sum(played_ms) as played_ms,
    sum(completed) as completed,
    sum(completion_pm) as completion_pm,
    sum(likes) as likes,
    sum(unlikes) as unlikes,
    sum(saves) as saves,
    sum(unsaves) as unsaves,
    sum(shares) as shares,
    sum(downloads) as downloads,
    sum(comments) as comments,
    sum(follows) as follows,
    sum(rates) as rates,
    sum(creates) as creates,
    sum(exports) as exports,
    sum(reactions) as reactions,
    sum(upgrades) as upgrades,
    sum(unfollows) as unfollows,
    sumMap(by_source) as by_source,
    sumMap(by_platform) as by_platform,
    sumMap(by_country) as by_country,
    sumMap(by_device) as by_device,
    sumMap(shares_by_platform) as shares_by_platform,
    uniqCombined64MergeState(listeners) as listeners,
    uniqCombined64MergeState(sessions) as sessions,
    uniqCombined64MergeState(users) as users
from rollup final
where grain = 'quarter' and at >= opens and at < ends and date between {first:Date} and {last:Date}
group by date, shard, contentId
settings do_not_merge_across_partitions_select_final = 1, optimize_move_to_prewhere_if_final = 1
union all
select
    toDate(ts, {tz:String}) as date, shard, contentId, max(contentType) as contentType,
    0 as events, 0 as starts, 0 as plays, 0 as finished, 0 as replays, 0 as time_ms, 0 as timed,
    0 as played_ms, 0 as completed, 0 as completion_pm, 0 as likes, 0 as unlikes, 0 as saves, 0 as unsaves,
    0 as shares, 0 as downloads, 0 as comments, 0 as follows, 0 as rates, 0 as creates, 0 as exports,
    0 as reactions, 0 as upgrades, 0 as unfollows,
    cast(map(), 'Map(String, UInt64)') as by_source, cast(map(), 'Map(String, UInt64)') as by_platform,
    cast(map(), 'Map(String, UInt64)') as by_country, cast(map(), 'Map(String, UInt64)') as by_device,
    cast(map(), 'Map(String, UInt64)') as shares_by_platform,
    uniqCombined64State(listener64) as listeners,
    uniqCombined64StateIf(xxh3(sessionId), counted and sessionId != '') as sessions,
    uniqCombined64StateIf(xxh3(userId), counted and userId != '') as users
from events final
where toStartOfFifteenMinutes(ts) > opened and toStartOfFifteenMinutes(ts) > closed_to[shard] and countable
    and date between {first:Date} and {last:Date}
group by date, shard, contentId
settings do_not_merge_across_partitions_select_final = 1, optimize_move_to_prewhere_if_final = 1
