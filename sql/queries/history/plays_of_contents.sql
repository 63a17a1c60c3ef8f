-- Counted plays of some contents over all time: days that are closed from day rows, the rest from quarter hours. Those
-- that are still open stand as the content flow last counted them. Called by the server.
with (select cast((groupArray(shard), groupArray(upto)), 'Map(UInt8, DateTime(\'UTC\'))') from closed final) as closed_to
select contentId, sum(counted) as plays
from
(
    select contentId, plays as counted
    from content_days final
    where shard in {shards:Array(UInt8)} and contentId in {contents:Array(String)} and at < toStartOfDay(closed_to[shard] + 900)
    union all
    select contentId, plays as counted
    from content_quarters final
    where shard in {shards:Array(UInt8)} and contentId in {contents:Array(String)} and at >= toStartOfDay(closed_to[shard] + 900)
)
group by contentId
settings do_not_merge_across_partitions_select_final = 1, optimize_move_to_prewhere_if_final = 1
