-- Counted plays of one content by hour of a zone's day, up to a moment. Whole quarter hours from their rows, what comes
-- after `quarters_end` from raw. The zone comes as its offsets in seconds and the moments from which each holds: the
-- pinned edition decides, not the engine's. Called by the server.
select
    intDiv(
        (toUnixTimestamp(at) + {offsets:Array(Int32)}[greatest(1, arrayCount(change -> change <= toUnixTimestamp(at), {changes:Array(Int64)}))])
            % 86400,
        3600
    ) as hour,
    sum(counted_plays) as plays
from
(
    select at, plays as counted_plays
    from content_quarters final
    where shard = {shard:UInt8} and contentId = {content:String} and at < {quarters_end:DateTime('UTC')}
    union all
    select toStartOfFifteenMinutes(ts) as at, toUInt64(countable and counted) as counted_plays
    from events final
    where shard = {shard:UInt8} and contentId = {content:String}
        and ts >= {quarters_end:DateTime('UTC')} and ts < {end:DateTime64(3, 'UTC')}
)
group by hour
having plays > 0
order by plays desc, hour
settings do_not_merge_across_partitions_select_final = 1, optimize_move_to_prewhere_if_final = 1
