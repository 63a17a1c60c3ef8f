-- Every play once, as it stands (longest, then first accepted), without robots. `skipped`: begun and not counted.
create view if not exists play_events as
select
    id,
    contentId as trackId,
    nullIf(userId, '') as userId,
    sessionId,
    ts as timestamp,
    source,
    nullIf(playlistId, '') as playlistId,
    userAgent,
    cast(null, 'Nullable(String)') as ip,                                   -- thrown away after use
    if(timed, toInt64(intDiv(duration + 500, 1000)), null) as duration,     -- s
    if(completion = 65535, null, toInt64(intDiv(completion + 5, 10))) as completionRate,
    not counted as skipped,
    replayed,
    accepted as createdAt
from events final
where kind <= 3 and countable
settings do_not_merge_across_partitions_select_final = 1, optimize_move_to_prewhere_if_final = 1
