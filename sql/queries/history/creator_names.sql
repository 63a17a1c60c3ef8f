-- Names of some creators; those without one are left out. Called by the server.
select id, max(value) as name
from facts final
where subject = 'creator' and fact = 'name' and id in {creators:Array(String)}
group by id
