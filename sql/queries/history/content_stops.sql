-- How many starts of one content up to a moment stopped before some seconds, of those that say where: by position, else
-- by duration. Only the quarter hours that have starts are read. Called by the server.
select
    count() as known,
    sumForEach(arrayMap(second -> toUInt64(stop < second * 1000), {seconds:Array(UInt32)})) as stopped,
    max(length) as length
from
(
    select ifNull(position * 1000, duration) as stop, length
    from events final
    where shard = {shard:UInt8} and contentId = {content:String} and countable and kind <= 3
        and ts < {end:DateTime64(3, 'UTC')} and (position is not null or timed)
        and toStartOfFifteenMinutes(ts) in (
            select at from content_quarters final
            where shard = {shard:UInt8} and contentId = {content:String} and starts > 0
                and at < {end:DateTime64(3, 'UTC')}
        )
)
settings do_not_merge_across_partitions_select_final = 1, optimize_move_to_prewhere_if_final = 1
