-- What some persons played and rated before a moment, by quarter hour, content, zone and platform; times in ms since 1970, 0 for
-- never. Closed quarter hours from their rows, what comes after `closed_end` from raw. As lists side by side, of each person one
-- row: a row for each of many quarter hours would take longer to read than to find. Who has nothing has no row. Called by the server.
select
    userId, groupArray(contentId) as all_contentId, groupArray(toInt64(toUnixTimestamp(at)) * 1000) as all_at_ms,
    groupArray(offset) as all_zone, groupArray(toString(platform)) as all_app, groupArray(starts) as all_starts,
    groupArray(plays) as all_plays, groupArray(time_ms) as all_time_ms, groupArray(timed) as all_timed,
    groupArray(toUnixTimestamp64Milli(first)) as all_first_ms, groupArray(toUnixTimestamp64Milli(last)) as all_last_ms,
    groupArray(toUnixTimestamp64Milli(done)) as all_done_ms, groupArray(toUnixTimestamp64Milli(rated)) as all_rated_ms,
    groupArray(rating) as all_rating
from
(
    select userId, at, contentId, offset, platform, starts, plays, time_ms, timed, first, last, done, rated, rating
    from person_history final
    where userId in {users:Array(String)} and at < {closed_end:DateTime64(3, 'UTC')}
    union all
    select
        userId, toStartOfFifteenMinutes(ts), contentId, offset, platform, toUInt64(kind <= 3), toUInt64(counted),
        toUInt64(if(kind <= 3, duration, 0)), toUInt64(counted and timed),
        if(counted, ts, fromUnixTimestamp64Milli(0, 'UTC')), if(counted, ts, fromUnixTimestamp64Milli(0, 'UTC')),
        if(counted and finished, ts, fromUnixTimestamp64Milli(0, 'UTC')), if(kind = 12, ts, fromUnixTimestamp64Milli(0, 'UTC')),
        toUInt16(if(kind = 12, round(100 * ifNull(JSONExtract(properties, 'rating', 'Nullable(Float64)'), 0)), 0))
    from events final
    where userId in {users:Array(String)} and countable
        and (kind <= 3 or kind = 12 and JSONExtract(properties, 'rating', 'Nullable(Float64)') between 0 and 10)
        and ts >= {closed_end:DateTime64(3, 'UTC')} and ts < {end:DateTime64(3, 'UTC')}
        -- By the keys of the persons' rows: else all that is open would be merged to find theirs.
        and (toStartOfFifteenMinutes(ts), shard, contentId) in (
            select toStartOfFifteenMinutes(ts), shard, contentId
            from events
            where userId in {users:Array(String)} and ts >= {closed_end:DateTime64(3, 'UTC')} and ts < {end:DateTime64(3, 'UTC')}
        )
)
where starts > 0 or rated > fromUnixTimestamp64Milli(0, 'UTC')
group by userId
settings do_not_merge_across_partitions_select_final = 1, optimize_move_to_prewhere_if_final = 1
