-- In which quarter hours somebody began or ceased to follow a creator, by the creator and by the person: where to look in
-- `events`, which has the last word.
create table if not exists follow_quarters
(
    subject LowCardinality(String) comment 'creator, or user.',
    id String comment 'Who is followed, or who follows.' codec(ZSTD(1)),
    at DateTime('UTC') comment 'First moment of the quarter hour, UTC.' codec(Delta(4), ZSTD(1)),
    shard UInt8 comment 'Part of the stream.' codec(ZSTD(1))
)
engine = ReplacingMergeTree
order by (subject, id, at, shard)
comment 'Internal: quarter hours that have follows of a creator or of a person.'
