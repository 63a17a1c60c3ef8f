-- Every save once, without robots, and its undoing.
create view if not exists save_events as
select
    id,
    contentId as trackId,
    nullIf(userId, '') as userId,
    sessionId,
    ts as timestamp,
    nullIf(playlistId, '') as playlistId,
    if(kind = 6, 'save', 'unsave') as action,
    accepted as createdAt
from events final
where kind in (6, 7) and countable
settings do_not_merge_across_partitions_select_final = 1, optimize_move_to_prewhere_if_final = 1
