-- Plays and likes of one content between moments: `edges` has one more than there are spans, the last is the end. Whole
-- quarter hours from their rows, what comes after `quarters_end` from raw. Called by the server.
select span, sum(plays) as plays, sum(likes) as likes
from
(
    select arrayCount(edge -> edge <= at, {edges:Array(DateTime('UTC'))}) as span, plays, likes
    from content_quarters final
    where shard = {shard:UInt8} and contentId = {content:String}
        and at >= {edges:Array(DateTime('UTC'))}[1] and at < {quarters_end:DateTime('UTC')}
    union all
    select
        arrayCount(edge -> edge <= ts, {edges:Array(DateTime('UTC'))}) as span,
        countable and counted as plays,
        countable and kind = 4 as likes
    from events final
    where shard = {shard:UInt8} and contentId = {content:String}
        and ts >= {quarters_end:DateTime('UTC')} and ts < {end:DateTime64(3, 'UTC')}
)
group by span
order by span
settings do_not_merge_across_partitions_select_final = 1, optimize_move_to_prewhere_if_final = 1
