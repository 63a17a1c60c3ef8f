-- The `userId` of each person by its hash, which is all that flows know of him. Small granules: a question names persons one by one.
create table if not exists person_ids
(
    listener64 UInt64 comment 'Seeded hash of the userId.' codec(ZSTD(1)),
    userId String comment 'The person.' codec(ZSTD(1))
)
engine = ReplacingMergeTree
order by (listener64, userId)
settings index_granularity = 256
comment 'Internal: ids of persons by their hashes.'
