-- What the catalogue knows of an owner's posts. Called by the server.
select id as content, fact, argMax(value, version) as value
from facts
where subject = 'content' and fact in ('title', 'created', 'type', 'parent')
    and id in (select contentId from observations where owner = {owner:String} and contentId != '')
group by id, fact
