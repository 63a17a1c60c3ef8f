-- Where starts of a content stopped, by quarter hour: the drop-off of a content is a sum of these rows. Archive writes them with
-- the recount of the quarter hour, at the position up to which that saw raw rows.
create table if not exists content_stops
(
    shard UInt8 comment 'Part of the stream.' codec(ZSTD(1)),
    contentId String comment 'The content.' codec(ZSTD(1)),
    at DateTime('UTC') comment 'The quarter hour, UTC.' codec(Delta(4), ZSTD(1)),
    version UInt64 comment 'The greatest stands.' codec(ZSTD(1)),
    known UInt64 comment 'Starts that say where they stopped: by position, else by duration.' codec(T64, ZSTD(1)),
    stopped Array(UInt64) comment 'Of those, how many had stopped before 30, 60, 120, 180, 300, 600, 1200, 1800 and 3600 s.' codec(ZSTD(1)),
    length UInt32 comment 'The greatest length of the content in ms that a start gives, 0 if none does.' codec(T64, ZSTD(1))
)
engine = ReplacingMergeTree(version)
partition by toYear(at)
order by (shard, contentId, at)
comment 'Internal: where starts stopped, by content and closed quarter hour.'
