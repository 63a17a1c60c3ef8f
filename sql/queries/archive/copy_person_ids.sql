-- Copy the ids of persons once more. What is there already changes nothing.
insert into person_ids
select distinct listener64, userId
from events
where userId != ''
