-- Counts per content and UTC day, for every other view: closed days from day rows, the rest from quarter hours, and
-- the uniques of quarter hours that are still open from `events`. One row is one (date, content) only after a
-- `group by`: a day under way has up to two.
create view if not exists day_counts as
with
    (select cast((groupArray(shard), groupArray(upto)), 'Map(UInt8, DateTime(\'UTC\'))') from closed final) as closed_to,
    (select toStartOfDay(min(upto) + 900) from closed final) as rest,
    (select min(upto) from closed final) as opened
select
    toDate(at) as date, shard, contentId, contentType, version,
    events, starts, plays, finished, replays, time_ms, timed, played_ms, completed, completion_pm, likes,
    unlikes, saves, unsaves, shares, downloads, comments, follows, rates, creates, exports, reactions,
    upgrades, unfollows,
    by_source, by_platform, by_country, by_device, shares_by_platform, listeners, sessions, users
from rollup final
where grain = 'day' and at < toStartOfDay(closed_to[shard] + 900)
settings do_not_merge_across_partitions_select_final = 1, optimize_move_to_prewhere_if_final = 1
union all
select
    toDate(at) as date, shard, contentId, max(contentType) as contentType, max(version) as version,
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
where grain = 'quarter' and at >= rest and at >= toStartOfDay(closed_to[shard] + 900)
group by date, shard, contentId
settings do_not_merge_across_partitions_select_final = 1, optimize_move_to_prewhere_if_final = 1
union all
select
    toDate(ts) as date, shard, contentId, max(contentType) as contentType, toUInt64(0) as version,
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
group by date, shard, contentId
settings do_not_merge_across_partitions_select_final = 1, optimize_move_to_prewhere_if_final = 1
