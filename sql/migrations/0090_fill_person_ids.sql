-- The persons of before the copying began. Who was copied meanwhile comes twice, which changes nothing.
insert into person_ids
select distinct listener64, userId
from events
where userId != ''
