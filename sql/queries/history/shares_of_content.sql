-- Shares of one content in all and by platform, over all time and without robots: days that are closed from day rows,
-- the rest from quarter hours. Those that are still open stand as the content flow last counted them. For the server.
with (select cast((groupArray(shard), groupArray(upto)), 'Map(UInt8, DateTime(\'UTC\'))') from closed final) as closed_to
select
    sum(shares) as total,
    sumMap(shares_by_platform) as by_platform
from
(
    select shares, shares_by_platform
    from content_days final
    where contentId = {content:String} and at < toStartOfDay(closed_to[shard] + 900)
    settings do_not_merge_across_partitions_select_final = 1, optimize_move_to_prewhere_if_final = 1
    union all
    select shares, shares_by_platform
    from rollup final
    where grain = 'quarter' and contentId = {content:String}
        -- The first condition bounds what is read; the second is that of the row's own shard.
        and at >= (select if(count() = 0, toDateTime(0, 'UTC'), toStartOfDay(min(upto) + 900)) from closed final)
        and at >= toStartOfDay(closed_to[shard] + 900)
    settings do_not_merge_across_partitions_select_final = 1, optimize_move_to_prewhere_if_final = 1
)
