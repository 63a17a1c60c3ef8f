-- What signed-in persons played and rated, by quarter hour, content, zone and platform. Archive writes these rows with the
-- recount of a quarter hour, those of a person who has none of it any more as zeros.
create table if not exists person_quarters
(
    at DateTime('UTC') comment 'The quarter hour, UTC.' codec(Delta(4), ZSTD(1)),
    shard UInt8 comment 'Part of the stream.' codec(ZSTD(1)),
    contentId String comment 'The content.' codec(ZSTD(1)),
    userId String comment 'The person.' codec(ZSTD(1)),
    offset Int16 comment 'Zone of the plays in quarter hours east of UTC, 32767 where they name none.' codec(ZSTD(1)),
    platform LowCardinality(String) comment 'Platform of the plays, empty where they name none.' codec(ZSTD(1)),
    version UInt64 comment 'The greatest stands.' codec(ZSTD(1)),
    starts UInt64 comment 'Plays begun.' codec(T64, ZSTD(1)),
    plays UInt64 comment 'Plays that count.' codec(T64, ZSTD(1)),
    finished UInt64 comment 'Of the counted, finished.' codec(T64, ZSTD(1)),
    time_ms UInt64 comment 'Milliseconds listened over all starts.' codec(T64, ZSTD(1)),
    timed UInt64 comment 'Counted plays that give a duration.' codec(T64, ZSTD(1)),
    first DateTime64(3, 'UTC') comment 'When the first counted play began, 1970 if none did.' codec(Delta(8), ZSTD(1)),
    last DateTime64(3, 'UTC') comment 'When the last counted play began, 1970 if none did.' codec(Delta(8), ZSTD(1)),
    done DateTime64(3, 'UTC') comment 'When the first finished play began, 1970 if none did.' codec(Delta(8), ZSTD(1)),
    rated DateTime64(3, 'UTC') comment 'When the content was rated last, 1970 if it was not.' codec(Delta(8), ZSTD(1)),
    rating UInt16 comment 'That rating from 0 to 10, in hundredths, 0 if there is none.' codec(ZSTD(1))
)
engine = ReplacingMergeTree(version)
order by (at, shard, contentId, userId, offset, platform)
comment 'Internal: plays of persons by closed quarter hour and content.'
