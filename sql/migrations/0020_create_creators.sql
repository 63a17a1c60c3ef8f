-- What is known of each creator.
create view if not exists creators as
select id as creatorId, maxIf(value, fact = 'name') as name
from facts final
where subject = 'creator'
group by id
