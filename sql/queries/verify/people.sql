-- Compare what persons played, as closed quarter hours (up to `upto`) of a shard in [first, end) hold it in both of its
-- orders, with a plain count of `events`: group by identity, no FINAL. Returns how many keys were compared and differ, and of
-- some (quarter hour, person, content, wanted, found).
with
    standing as
    (
        select
            contentId, ts, id,
            argMax((kind, bot, counted, finished, timed, duration), version) as s,
            argMax((userId, offset, platform), version) as w,
            argMax(JSONExtract(properties, 'rating', 'Nullable(Float64)'), version) as rating
        from events
        where shard = {shard:UInt8} and ts >= {first:DateTime('UTC')}
            and ts < toDateTime64({end:DateTime('UTC')}, 3, 'UTC')
        group by contentId, ts, id
    ),
    numbered as
    (
        select
            toStartOfFifteenMinutes(ts) as bucket, contentId, w.1 as person, w.2 as zone, w.3 as app, 'wanted' as side,
            [
                countIf(s.1 != 12), countIf(s.3), countIf(s.3 and s.4), sumIf(toUInt64(s.6), s.1 != 12), countIf(s.3 and s.5),
                toUInt64(toUnixTimestamp64Milli(minIf(ts, s.3))), toUInt64(toUnixTimestamp64Milli(maxIf(ts, s.3))),
                toUInt64(toUnixTimestamp64Milli(minIf(ts, s.3 and s.4))), toUInt64(toUnixTimestamp64Milli(maxIf(ts, s.1 = 12))),
                toUInt64(round(100 * ifNull(argMaxIf(rating, (ts, id), s.1 = 12), 0)))
            ] as numbers
        from standing
        where not s.2 and w.1 != '' and (s.1 in (1, 2, 3) or s.1 = 12 and rating between 0 and 10)
        group by bucket, contentId, person, zone, app
        union all
        select at, contentId, userId, offset, platform, 'found', argMax(stored, version)
        from
        (
            select
                *, [
                    starts, plays, finished, time_ms, timed, toUInt64(toUnixTimestamp64Milli(first)),
                    toUInt64(toUnixTimestamp64Milli(last)), toUInt64(toUnixTimestamp64Milli(done)),
                    toUInt64(toUnixTimestamp64Milli(rated)), rating
                ] as stored
            from person_quarters
            where shard = {shard:UInt8} and at >= {first:DateTime('UTC')} and at < {end:DateTime('UTC')}
        )
        group by at, contentId, userId, offset, platform
        union all
        select at, contentId, userId, offset, platform, 'by person', argMax(stored, version)
        from
        (
            select
                *, [
                    starts, plays, finished, time_ms, timed, toUInt64(toUnixTimestamp64Milli(first)),
                    toUInt64(toUnixTimestamp64Milli(last)), toUInt64(toUnixTimestamp64Milli(done)),
                    toUInt64(toUnixTimestamp64Milli(rated)), rating
                ] as stored
            from person_history
            where shard = {shard:UInt8} and at >= {first:DateTime('UTC')} and at < {end:DateTime('UTC')}
        )
        group by at, contentId, userId, offset, platform
    ),
    keys as
    (
        select
            bucket, contentId, person, zone, app,
            arrayResize(sumForEachIf(numbers, side = 'wanted'), 10) as wanted,
            arrayResize(sumForEachIf(numbers, side = 'found'), 10) as found,
            arrayResize(sumForEachIf(numbers, side = 'by person'), 10) as copied
        from numbered
        where bucket <= {upto:DateTime('UTC')}
        group by bucket, contentId, person, zone, app
    )
select
    count() as compared, countIf(wanted != found or wanted != copied) as differing,
    groupArrayIf(20)(
        (toUnixTimestamp(bucket), person, contentId, wanted, if(wanted != found, found, copied)),
        wanted != found or wanted != copied
    ) as examples
from keys
