-- How many starts of one content up to a moment stopped before some seconds, of those that say where: by position, else
-- by duration. Closed quarter hours from their rows, what comes after `closed_end` from raw. Called by the server.
select sum(known) as known, sumForEach(stopped) as stopped, max(length) as length
from
(
    select known, stopped, length
    from content_stops final
    where shard = {shard:UInt8} and contentId = {content:String} and at < {closed_end:DateTime64(3, 'UTC')}
    union all
    select
        toUInt64(1), arrayMap(second -> toUInt64(ifNull(position * 1000, duration) < second * 1000), {seconds:Array(UInt32)}),
        length
    from events final
    where shard = {shard:UInt8} and contentId = {content:String} and countable and kind <= 3
        and ts >= {closed_end:DateTime64(3, 'UTC')} and ts < {end:DateTime64(3, 'UTC')} and (position is not null or timed)
)
settings do_not_merge_across_partitions_select_final = 1, optimize_move_to_prewhere_if_final = 1
