-- Playlists and submissions of a creator, those stated last first. Called by the server.
select id, type, title, parent, status
from
(
    select
        id,
        anyIf(value, fact = 'type') as type,
        anyIf(value, fact = 'title') as title,
        anyIf(value, fact = 'parent') as parent,
        anyIf(value, fact = 'status') as status,
        anyIf(value, fact = 'creator') as creator,
        max(version) as newest
    from facts final
    where subject = 'content' and id in (select contentId from creator_contents where creatorId = {creator:String})
    group by id
)
where creator = {creator:String} and type in ('playlist', 'submission')
order by newest desc, id
limit {limit:UInt16} by type
