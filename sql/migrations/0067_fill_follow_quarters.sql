-- What was stored before the copying began. Rows that were copied meanwhile come twice, which changes nothing.
insert into follow_quarters
select word.1 as subject, word.2 as id, toStartOfFifteenMinutes(ts) as at, shard
from events
array join [('creator', creatorId), ('user', userId)] as word
where kind in (11, 24) and creatorId != '' and userId != ''
