-- Copy personal events by person once more. What is there already changes nothing.
insert into personal_events
select userId, kind, id, ts as at, properties
from events
where kind in (17, 18, 19, 20) and userId != ''
