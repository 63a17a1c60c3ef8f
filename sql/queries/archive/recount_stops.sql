-- Count again where the starts of a run's keys stopped; a key that has none any more gets a row that says so. Called by
-- archive with the recount of the quarter hours.
insert into content_stops (shard, contentId, at, version, known, stopped, length)
select {shard:UInt8}, contentId, bucket, {version:UInt64}, sum(known), sumForEach(stopped), max(length)
from
(
    select
        toStartOfFifteenMinutes(ts) as bucket, contentId, toUInt64(1) as known, length,
        arrayMap(second -> toUInt64(ifNull(position * 1000, duration) < second * 1000), {seconds:Array(UInt32)}) as stopped
    from events final
    where shard = {shard:UInt8} and countable and kind <= 3 and (position is not null or timed)
        and ts >= {first:DateTime('UTC')} and ts < toDateTime64({last:DateTime('UTC')} + 900, 3, 'UTC')
        and toStartOfFifteenMinutes(ts) between {first:DateTime('UTC')} and {last:DateTime('UTC')}
        and (toStartOfFifteenMinutes(ts), contentId) in
            (select at, contentId from recount_keys where run = {run:UInt64})
    union all
    select at, contentId, 0, 0, arrayMap(second -> toUInt64(0), {seconds:Array(UInt32)})
    from content_stops
    where shard = {shard:UInt8} and at between {first:DateTime('UTC')} and {last:DateTime('UTC')}
        and (at, contentId) in (select at, contentId from recount_keys where run = {run:UInt64})
)
group by bucket, contentId
settings do_not_merge_across_partitions_select_final = 1, optimize_move_to_prewhere_if_final = 1
