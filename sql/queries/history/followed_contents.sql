-- The contents that are a creator's now, those first that were played most up to their newest recount, and how many there
-- are. Called by the server.
with
    his as (
        select id from facts final
        where subject = 'content' and fact = 'creator' and value = {creator:String}
            and id in (select contentId from creator_contents where creatorId = {creator:String})
    )
select id as contentId, total
from (select id, count() over () as total from his) as listed
left join (select contentId, plays from content_plays final where contentId in (select id from his)) as played
    on played.contentId = listed.id
order by plays desc, id
limit {limit:UInt16}
settings max_threads = 2, max_execution_time = 2
