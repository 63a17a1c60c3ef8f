-- Counts of the whole site by quarter hour and UTC day, as far as they are closed: the sums of the rows of `rollup` over
-- all contents of a shard. Archive writes them after each recount. A recount raises the version of its rows, so the sum
-- of the versions tells which of two sums saw more.
create table if not exists site_counts
(
    grain Enum8('quarter' = 1, 'day' = 2) comment 'Quarter hour or UTC day.' codec(ZSTD(1)),
    at DateTime('UTC') comment 'Its first moment, UTC.' codec(Delta(4), ZSTD(1)),
    shard UInt8 comment 'Part of the stream.' codec(ZSTD(1)),
    version UInt128 comment 'The greatest stands: the sum of the versions of the rows that it adds up.' codec(ZSTD(1)),
    events UInt64 comment 'All that counts, without robots.' codec(T64, ZSTD(1)),
    starts UInt64 comment 'Plays begun.' codec(T64, ZSTD(1)),
    plays UInt64 comment 'Plays that count.' codec(T64, ZSTD(1)),
    finished UInt64 comment 'Of the counted, finished.' codec(T64, ZSTD(1)),
    replays UInt64 comment 'Of the counted, replays.' codec(T64, ZSTD(1)),
    time_ms UInt64 comment 'Milliseconds listened over all starts.' codec(T64, ZSTD(1)),
    timed UInt64 comment 'Counted plays that give a duration.' codec(T64, ZSTD(1)),
    played_ms UInt64 comment 'Milliseconds of those.' codec(T64, ZSTD(1)),
    completed UInt64 comment 'Counted plays whose completion is known.' codec(T64, ZSTD(1)),
    completion_pm UInt64 comment 'Sum of their completion, per mille.' codec(T64, ZSTD(1)),
    likes UInt64 comment 'Likes.' codec(T64, ZSTD(1)),
    unlikes UInt64 comment 'Likes taken back.' codec(T64, ZSTD(1)),
    saves UInt64 comment 'Saves.' codec(T64, ZSTD(1)),
    unsaves UInt64 comment 'Saves taken back.' codec(T64, ZSTD(1)),
    shares UInt64 comment 'Shares.' codec(T64, ZSTD(1)),
    downloads UInt64 comment 'Downloads.' codec(T64, ZSTD(1)),
    comments UInt64 comment 'Comments.' codec(T64, ZSTD(1)),
    follows UInt64 comment 'Follows.' codec(T64, ZSTD(1)),
    rates UInt64 comment 'Ratings.' codec(T64, ZSTD(1)),
    creates UInt64 comment 'Contents made.' codec(T64, ZSTD(1)),
    exports UInt64 comment 'Exports.' codec(T64, ZSTD(1)),
    reactions UInt64 comment 'Reactions.' codec(T64, ZSTD(1)),
    upgrades UInt64 comment 'Upgrades of a subscription.' codec(T64, ZSTD(1)),
    unfollows UInt64 comment 'Follows taken back.' codec(T64, ZSTD(1)),
    by_source Map(String, UInt64) comment 'Counted plays by source.' codec(ZSTD(1)),
    by_platform Map(String, UInt64) comment 'Counted plays by platform.' codec(ZSTD(1)),
    by_country Map(String, UInt64) comment 'Counted plays by country.' codec(ZSTD(1)),
    by_device Map(String, UInt64) comment 'Counted plays by device.' codec(ZSTD(1)),
    shares_by_platform Map(String, UInt64) comment 'Shares by platform.' codec(ZSTD(1)),
    listeners AggregateFunction(uniqCombined64, UInt64) comment 'Sketch of the persons of all that counts. Read it with uniqCombined64Merge.' codec(ZSTD(1)),
    sessions AggregateFunction(uniqCombined64, UInt64) comment 'Sketch of the sessions of counted plays.' codec(ZSTD(1)),
    users AggregateFunction(uniqCombined64, UInt64) comment 'Sketch of the signed-in persons of counted plays.' codec(ZSTD(1))
)
engine = ReplacingMergeTree(version)
order by (grain, at, shard)
comment 'Internal: the closed quarter hours and days of rollup, added up over all contents of a shard.'
