-- How many contents of each type and status a creator has now; both are empty where nobody said one. Called by the server.
select type, status, count() as contents
from
(
    select
        id,
        anyIf(value, fact = 'type') as type,
        anyIf(value, fact = 'status') as status,
        anyIf(value, fact = 'creator') as creator
    from facts final
    where subject = 'content' and fact in ('type', 'status', 'creator')
        and id in (select contentId from creator_contents where creatorId = {creator:String})
    group by id
)
where creator = {creator:String}
group by type, status
