-- Counts of the whole site in a range, divided as `streakline/history/cover.py` says. Called by the server.
with
    (select toStartOfDay(min(upto) + 900) from closed final) as closed_day,
    (select min(upto) from closed final) as closed_quarter,
    greatest({days:DateTime64(3, 'UTC')}, least({days_end:DateTime64(3, 'UTC')}, toDateTime64(closed_day, 3, 'UTC'))) as last_day
select
    sum(plays) as plays, sum(starts) as starts, sum(replays) as replays, sum(finished) as finished,
    sum(time_ms) as time_ms, sum(timed) as timed, sum(played_ms) as played_ms, sum(completed) as completed,
    sum(completion_pm) as completion_pm, sum(likes) as likes, sum(saves) as saves, sum(shares) as shares,
    sum(downloads) as downloads, sum(comments) as comments, sumMap(by_source) as by_source,
    sumMap(by_platform) as by_platform, sumMap(by_country) as by_country, sumMap(by_device) as by_device,
    sumMap(shares_by_platform) as shares_by_platform, uniqCombined64Merge(listeners) as listeners,
    uniqCombined64Merge(sessions) as sessions, uniqCombined64Merge(users) as users
from
(
    select
        plays, starts, replays, finished, time_ms, timed, played_ms, completed, completion_pm, likes, saves, shares,
        downloads, comments, by_source, by_platform, by_country, by_device, shares_by_platform, listeners, sessions,
        users
    from rollup final
    where grain = 'day' and at >= {days:DateTime64(3, 'UTC')} and at < last_day
    union all
    select
        plays, starts, replays, finished, time_ms, timed, played_ms, completed, completion_pm, likes, saves, shares,
        downloads, comments, by_source, by_platform, by_country, by_device, shares_by_platform, listeners, sessions,
        users
    from rollup final
    where grain = 'quarter' and (
        (at >= {quarters:DateTime64(3, 'UTC')} and at < {days:DateTime64(3, 'UTC')})
        or (at >= last_day and at < {quarters_end:DateTime64(3, 'UTC')})
    )
    union all
    -- Provisional rows of quarter hours that are still open have no sketches.
    select
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, map(), map(), map(), map(), map(),
        uniqCombined64StateIf(listener64, countable),
        uniqCombined64StateIf(xxh3(sessionId), countable and counted and sessionId != ''),
        uniqCombined64StateIf(xxh3(userId), countable and counted and userId != '')
    from events final
    where ts >= {quarters:DateTime64(3, 'UTC')} and ts < {quarters_end:DateTime64(3, 'UTC')}
        and toStartOfFifteenMinutes(ts) > closed_quarter
    union all
    select
        countIf(countable and counted), countIf(countable and kind <= 3),
        countIf(countable and counted and replayed), countIf(countable and counted and finished),
        sumIf(duration, countable and kind <= 3), countIf(countable and counted and events.timed),
        sumIf(duration, countable and counted and events.timed),
        countIf(countable and counted and completion != 65535),
        sumIf(completion, countable and counted and completion != 65535), countIf(countable and kind = 4),
        countIf(countable and kind = 6), countIf(countable and kind = 8), countIf(countable and kind = 9),
        countIf(countable and kind = 10),
        sumMapIf(map(toString(source), toUInt64(1)), countable and counted and source != ''),
        sumMapIf(map(toString(platform), toUInt64(1)), countable and counted and platform != ''),
        sumMapIf(map(toString(country), toUInt64(1)), countable and counted and country != ''),
        sumMapIf(map(toString(device), toUInt64(1)), countable and counted and device != ''),
        sumMapIf(map(toString(platform), toUInt64(1)), countable and kind = 8 and platform != ''),
        uniqCombined64StateIf(listener64, countable),
        uniqCombined64StateIf(xxh3(sessionId), countable and counted and sessionId != ''),
        uniqCombined64StateIf(xxh3(userId), countable and counted and userId != '')
    from events final
    where (
        (ts >= {start:DateTime64(3, 'UTC')} and ts < {quarters:DateTime64(3, 'UTC')})
        or (ts >= {quarters_end:DateTime64(3, 'UTC')} and ts < {end:DateTime64(3, 'UTC')})
    )
)
settings do_not_merge_across_partitions_select_final = 1, optimize_move_to_prewhere_if_final = 1
