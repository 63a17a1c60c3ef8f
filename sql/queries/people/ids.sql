-- The ids of persons by their hashes; of one whose events are not stored there is none. Called by the server.
select distinct listener64, userId as id
from person_ids
where listener64 in {persons:Array(UInt64)}
