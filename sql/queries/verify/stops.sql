-- Compare where starts stopped, as closed quarter hours (up to `upto`) of a shard in [first, end) hold it, with a count of
-- `events`. Returns how many keys were compared and differ, and of some (quarter hour, content, wanted, found).
with
    both as
    (
        select
            toStartOfFifteenMinutes(ts) as bucket, contentId, true as counted,
            arrayConcat(
                [toUInt64(1)],
                arrayMap(second -> toUInt64(ifNull(position * 1000, duration) < second * 1000), {seconds:Array(UInt32)})
            ) as numbers
        from events final
        where shard = {shard:UInt8} and countable and kind <= 3 and (position is not null or timed)
            and ts >= {first:DateTime('UTC')} and ts < {end:DateTime('UTC')} and bucket <= {upto:DateTime('UTC')}
        union all
        select at, contentId, false, arrayConcat([known], stopped)
        from content_stops final
        where shard = {shard:UInt8} and at >= {first:DateTime('UTC')} and at < {end:DateTime('UTC')} and at <= {upto:DateTime('UTC')}
    ),
    keys as
    (
        select
            bucket, contentId, sumForEachIf(numbers, counted) as wanted, sumForEachIf(numbers, not counted) as found,
            arraySum(wanted) != arraySum(found) or arrayExists((a, b) -> a != b, arrayResize(wanted, 10), arrayResize(found, 10)) as differs
        from both
        group by bucket, contentId
    )
select
    count() as compared, countIf(differs) as differing,
    groupArrayIf(20)((toUnixTimestamp(bucket), contentId, wanted, found), differs) as examples
from keys
