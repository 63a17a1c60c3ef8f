-- The newest plays that count, or the newest likes, of a creator's contents, of one type or of all, before a moment. Only
-- the quarter hours that hold some are read: as many as rows are wanted, and the one that the moment lies in. Called by the server.
with
    his as (
        select id from facts final
        where subject = 'content' and fact = 'creator' and value = {creator:String}
            and id in (select contentId from creator_contents where creatorId = {creator:String})
            and (
                {type:String} = ''
                or id in (
                    select id from facts final
                    where subject = 'content' and fact = 'type' and value = {type:String}
                        and id in (select contentId from creator_contents where creatorId = {creator:String})
                )
            )
    ),
    toStartOfFifteenMinutes({end:DateTime64(3, 'UTC')}) as running
select toUnixTimestamp64Milli(ts) as ms, contentId, source, country
from events final
where contentId in (select id from his) and countable and if({likes:Bool}, kind = 4, counted)
    and ts < {end:DateTime64(3, 'UTC')}
    and (
        toStartOfFifteenMinutes(ts) = running
        or toStartOfFifteenMinutes(ts) in (
            select distinct at
            from content_quarters final
            where contentId in (select id from his) and if({likes:Bool}, likes, plays) > 0 and at < running
            order by at desc
            limit {limit:UInt16}
        )
    )
order by ts desc, contentId, id
limit {limit:UInt16}
settings do_not_merge_across_partitions_select_final = 1, optimize_move_to_prewhere_if_final = 1
