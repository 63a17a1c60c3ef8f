-- The keys whose recount differs from the provisional row it replaced, newest first: evidence of a fault of the
-- content flow, or of lost state, unless a late event explains it. Read by the archive flow after each close.
select at, contentId
from rollup final
where grain = 'quarter' and differs and shard = {shard:UInt8} and at between {first:DateTime('UTC')} and {last:DateTime('UTC')}
order by at, contentId
limit 1000
settings do_not_merge_across_partitions_select_final = 1, optimize_move_to_prewhere_if_final = 1
