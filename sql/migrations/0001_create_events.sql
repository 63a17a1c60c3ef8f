-- Every accepted event, the truth. One row an identity (contentId, ts, id): the greatest version stands, which is
-- the longest, then the first accepted (version = duration in ms * 2^64 + 2^64 - 1 - position of the entry).
-- The order lets a recount read its quarter hour and nothing else. Robots are rows too, and never counted.
create table if not exists events
(
    ts           DateTime64(3, 'UTC') codec(Delta, ZSTD(1)),     -- of a play: its start
    shard        UInt8 codec(ZSTD(1)),
    contentId    String codec(ZSTD(1)),
    id           String codec(ZSTD(1)),                          -- playId of a play that has one
    version      UInt128 codec(ZSTD(1)),
    at           DateTime64(3, 'UTC') codec(Delta, ZSTD(1)),     -- own timestamp of the event that stands
    kind         UInt8 codec(ZSTD(1)),
    type         LowCardinality(String) codec(ZSTD(1)),
    contentType  LowCardinality(String) codec(ZSTD(1)),
    parentId     String codec(ZSTD(1)),
    creatorId    String codec(ZSTD(1)),
    userId       String codec(ZSTD(1)),
    anonymousId  String codec(ZSTD(1)),
    sessionId    String codec(ZSTD(1)),
    listener64   UInt64 codec(ZSTD(1)),
    source       LowCardinality(String) codec(ZSTD(1)),          -- as counted: '', the value, or 'other'
    platform     LowCardinality(String) codec(ZSTD(1)),
    country      LowCardinality(String) codec(ZSTD(1)),
    device       LowCardinality(String) codec(ZSTD(1)),
    sent         Map(LowCardinality(String), String) codec(ZSTD(1)), -- what was sent where it counts as 'other'
    browser      LowCardinality(String) codec(ZSTD(1)),
    os           LowCardinality(String) codec(ZSTD(1)),
    tz           LowCardinality(String) codec(ZSTD(1)),
    offset       Int16 codec(ZSTD(1)),                           -- zone, quarter hours; 32767 none
    playlistId   String codec(ZSTD(1)),
    referrer     String codec(ZSTD(1)),
    userAgent    String codec(ZSTD(1)),
    botReason    LowCardinality(String) codec(ZSTD(1)),
    genre        LowCardinality(String) codec(ZSTD(1)),
    title        String codec(ZSTD(1)),
    position     Nullable(Float64) codec(ZSTD(1)),               -- s, where the listener stopped
    duration     UInt32 codec(ZSTD(1)),                          -- ms
    length       UInt32 codec(ZSTD(1)),                          -- ms the content lasts, 0 unknown
    completion   UInt16 codec(ZSTD(1)),                          -- per mille, 65535 unknown
    profile      UInt8 codec(ZSTD(1)),                           -- code of the rule that stamped the flags
    bot          Bool codec(ZSTD(1)),
    timed        Bool codec(ZSTD(1)),                            -- gives a duration
    counted      Bool codec(ZSTD(1)),
    finished     Bool codec(ZSTD(1)),
    replayed     Bool codec(ZSTD(1)),
    ended        Bool codec(ZSTD(1)),
    properties   String codec(ZSTD(1)),                          -- JSON object, '' for none
    bucket       DateTime('UTC') alias toStartOfFifteenMinutes(ts),
    entry        UInt64 alias 18446744073709551615 - toUInt64(bitAnd(version, 18446744073709551615)),
    accepted     DateTime64(3, 'UTC') alias fromUnixTimestamp64Milli(toInt64(bitShiftRight(entry, 22)), 'UTC'),
    countable    Bool alias not bot and (kind <= 16 or kind = 24),
    index ts_range ts type minmax granularity 1                  -- for questions that name a time, not a quarter hour
)
engine = ReplacingMergeTree(version)
partition by toYear(ts)
order by (toStartOfFifteenMinutes(ts), shard, contentId, ts, id)
