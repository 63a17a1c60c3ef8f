-- Copies to `content_stops` where the plays of a recount stopped, zeros too where plays had begun before.
create materialized view if not exists recounts_to_stops to content_stops
(
    shard UInt8 comment 'Part of the stream.',
    contentId String comment 'The content.',
    at DateTime('UTC') comment 'Its first moment, UTC.',
    version UInt64 comment 'The greatest stands. From 2^63 up: recounted from events.',
    known UInt64 comment 'Starts that say where they stopped.',
    stopped Array(UInt64) comment 'Of those, how many had stopped before 30, 60, 120, 180, 300, 600, 1200, 1800 and 3600 s. Empty if none ever began.',
    length UInt32 comment 'The greatest length of the content in ms that one of those gives, 0 if none does.'
)
as
select
    shard, contentId, at, version, known, stopped, length
from recounts
where notEmpty(stopped)
comment 'Internal: copies where plays stopped from recounts to content_stops.'
