-- How many playlists hold a content of a creator before a moment: it was saved to them more often than taken out. Only the
-- quarter hours with saves are read. Called by the server.
with his as (
    select id from facts final
    where subject = 'content' and fact = 'creator' and value = {creator:String}
        and id in (select contentId from creator_contents where creatorId = {creator:String})
)
select uniqExact(playlistId) as playlists
from
(
    select playlistId, contentId
    from events final
    where contentId in (select id from his) and countable and kind in (6, 7) and playlistId != ''
        and ts < {end:DateTime64(3, 'UTC')}
        and toStartOfFifteenMinutes(ts) in (
            select at from content_quarters final
            where contentId in (select id from his) and saves + unsaves > 0
        )
    group by playlistId, contentId
    having countIf(kind = 6) > countIf(kind = 7)
)
settings do_not_merge_across_partitions_select_final = 1, optimize_move_to_prewhere_if_final = 1
