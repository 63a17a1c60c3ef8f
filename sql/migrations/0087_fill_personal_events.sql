-- What was stored before the copying began. Rows that were copied meanwhile come twice, which changes nothing.
insert into personal_events
select userId, kind, id, ts as at, properties
from events
where kind in (17, 18, 19, 20) and userId != ''
