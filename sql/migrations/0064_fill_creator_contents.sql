-- What was told before the copying began. Rows that were copied meanwhile come twice, which changes nothing.
insert into creator_contents
select value as creatorId, id as contentId
from facts
where subject = 'content' and fact = 'creator' and value != ''
