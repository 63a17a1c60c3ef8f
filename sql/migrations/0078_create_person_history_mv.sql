-- Copies rows to `person_history` as they are written; like them they are absolute, and may come twice.
create materialized view if not exists person_history_mv to person_history
(
    at DateTime('UTC') comment 'The quarter hour, UTC.',
    shard UInt8 comment 'Part of the stream.',
    contentId String comment 'The content.',
    userId String comment 'The person.',
    offset Int16 comment 'Zone of the plays in quarter hours east of UTC, 32767 where they name none.',
    platform LowCardinality(String) comment 'Platform of the plays, empty where they name none.',
    version UInt64 comment 'The greatest stands.',
    starts UInt64 comment 'Plays begun.',
    plays UInt64 comment 'Plays that count.',
    finished UInt64 comment 'Of the counted, finished.',
    time_ms UInt64 comment 'Milliseconds listened over all starts.',
    timed UInt64 comment 'Counted plays that give a duration.',
    first DateTime64(3, 'UTC') comment 'When the first counted play began, 1970 if none did.',
    last DateTime64(3, 'UTC') comment 'When the last counted play began, 1970 if none did.',
    done DateTime64(3, 'UTC') comment 'When the first finished play began, 1970 if none did.',
    rated DateTime64(3, 'UTC') comment 'When the content was rated last, 1970 if it was not.',
    rating UInt16 comment 'That rating from 0 to 10, in hundredths, 0 if there is none.'
)
as
select *
from person_quarters
comment 'Internal: copies plays of persons to person_history.'
