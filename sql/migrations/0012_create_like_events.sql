-- Every like once, without robots, and its undoing.
create view if not exists like_events as
select
    id,
    contentId as trackId,
    nullIf(userId, '') as userId,
    sessionId,
    ts as timestamp,
    source,
    if(kind = 4, 'like', 'unlike') as action,
    accepted as createdAt
from events final
where kind in (4, 5) and countable
settings do_not_merge_across_partitions_select_final = 1, optimize_move_to_prewhere_if_final = 1
