-- Copies where follows lie to `follow_quarters` as events are written.
create materialized view if not exists follow_quarters_mv to follow_quarters
(
    subject LowCardinality(String) comment 'creator, or user.',
    id String comment 'Who is followed, or who follows.',
    at DateTime('UTC') comment 'First moment of the quarter hour, UTC.',
    shard UInt8 comment 'Part of the stream.'
)
as
select word.1 as subject, word.2 as id, toStartOfFifteenMinutes(ts) as at, shard
from events
array join [('creator', creatorId), ('user', userId)] as word
where kind in (11, 24) and creatorId != '' and userId != ''
comment 'Internal: copies where follows of events lie to follow_quarters.'
