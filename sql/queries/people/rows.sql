-- What one person played and rated before a moment, by quarter hour, content, zone and platform; times in ms since 1970, 0 for
-- never. Closed quarter hours from their rows, what comes after `closed_end` from raw. Part of the statements of this folder.
select
    contentId, toInt64(toUnixTimestamp(at)) * 1000 as at_ms, offset as zone, toString(platform) as app, starts, plays, finished,
    time_ms, timed, toUnixTimestamp64Milli(first) as first_ms, toUnixTimestamp64Milli(last) as last_ms,
    toUnixTimestamp64Milli(done) as done_ms, toUnixTimestamp64Milli(rated) as rated_ms, rating
from
(
    select at, contentId, offset, platform, starts, plays, finished, time_ms, timed, first, last, done, rated, rating
    from person_history final
    where userId = {user:String} and at < {closed_end:DateTime64(3, 'UTC')}
    union all
    select
        toStartOfFifteenMinutes(ts), contentId, offset, platform, toUInt64(kind <= 3), toUInt64(counted),
        toUInt64(counted and finished), toUInt64(if(kind <= 3, duration, 0)), toUInt64(counted and timed),
        if(counted, ts, fromUnixTimestamp64Milli(0, 'UTC')), if(counted, ts, fromUnixTimestamp64Milli(0, 'UTC')),
        if(counted and finished, ts, fromUnixTimestamp64Milli(0, 'UTC')), if(kind = 12, ts, fromUnixTimestamp64Milli(0, 'UTC')),
        toUInt16(if(kind = 12, round(100 * ifNull(JSONExtract(properties, 'rating', 'Nullable(Float64)'), 0)), 0))
    from events final
    where userId = {user:String} and countable
        and (kind <= 3 or kind = 12 and JSONExtract(properties, 'rating', 'Nullable(Float64)') between 0 and 10)
        and ts >= {closed_end:DateTime64(3, 'UTC')} and ts < {end:DateTime64(3, 'UTC')}
        -- By the keys of the person's rows: else all that is open would be merged to find those of one.
        and (toStartOfFifteenMinutes(ts), shard, contentId) in (
            select toStartOfFifteenMinutes(ts), shard, contentId
            from events
            where userId = {user:String} and ts >= {closed_end:DateTime64(3, 'UTC')} and ts < {end:DateTime64(3, 'UTC')}
        )
)
where starts > 0 or rated > fromUnixTimestamp64Milli(0, 'UTC')
