-- Copies ids of persons as their events are written.
create materialized view if not exists person_ids_mv to person_ids
(
    listener64 UInt64 comment 'Seeded hash of the userId.',
    userId String comment 'The person.'
)
as
select distinct listener64, userId
from events
where userId != ''
comment 'Internal: copies ids of persons to person_ids.'
