-- Every download once, without robots.
create view if not exists download_events as
select
    id,
    contentId as trackId,
    nullIf(userId, '') as userId,
    sessionId,
    ts as timestamp,
    source,
    userAgent,
    cast(null, 'Nullable(String)') as ip,   -- thrown away after use
    accepted as createdAt
from events final
where kind = 9 and countable
settings do_not_merge_across_partitions_select_final = 1, optimize_move_to_prewhere_if_final = 1
