-- How many contents of each type a creator has now; the type is empty where nobody said one. Called by the server.
select type, count() as contents
from
(
    select id, anyIf(value, fact = 'type') as type, anyIf(value, fact = 'creator') as creator
    from facts final
    where subject = 'content' and fact in ('type', 'creator')
        and id in (select contentId from creator_contents where creatorId = {creator:String})
    group by id
)
where creator = {creator:String}
group by type
