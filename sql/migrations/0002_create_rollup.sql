-- Counts per content of quarter hours (grain 'quarter') and UTC days (grain 'day'): absolute, the greatest version
-- stands. A quarter hour that is still open has provisional rows (version below 2^63, sketches empty); its recount
-- from `events` has a version from 2^63 up, which no provisional row can beat.
create table if not exists rollup
(
    grain              Enum8('quarter' = 1, 'day' = 2),
    at                 DateTime('UTC') codec(Delta, ZSTD(1)),
    shard              UInt8 codec(ZSTD(1)),
    contentId          String codec(ZSTD(1)),
    version            UInt64 codec(ZSTD(1)),
    contentType        LowCardinality(String) codec(ZSTD(1)),
    differs            Bool codec(ZSTD(1)),                  -- this recount found another value than the provisional row
    events             UInt64 codec(T64, ZSTD(1)),           -- all identities that are not of robots
    starts             UInt64 codec(T64, ZSTD(1)),           -- plays begun
    plays              UInt64 codec(T64, ZSTD(1)),           -- plays that count
    finished           UInt64 codec(T64, ZSTD(1)),           -- of the counted
    replays            UInt64 codec(T64, ZSTD(1)),           -- of the counted
    time_ms            UInt64 codec(T64, ZSTD(1)),           -- listened over all starts
    timed              UInt64 codec(T64, ZSTD(1)),           -- counted plays that give a duration
    played_ms          UInt64 codec(T64, ZSTD(1)),           -- their sum
    completed          UInt64 codec(T64, ZSTD(1)),           -- counted plays whose completion is known
    completion_pm      UInt64 codec(T64, ZSTD(1)),           -- their sum, per mille
    likes              UInt64 codec(T64, ZSTD(1)),
    unlikes            UInt64 codec(T64, ZSTD(1)),
    saves              UInt64 codec(T64, ZSTD(1)),
    unsaves            UInt64 codec(T64, ZSTD(1)),
    shares             UInt64 codec(T64, ZSTD(1)),
    downloads          UInt64 codec(T64, ZSTD(1)),
    comments           UInt64 codec(T64, ZSTD(1)),
    follows            UInt64 codec(T64, ZSTD(1)),
    rates              UInt64 codec(T64, ZSTD(1)),
    creates            UInt64 codec(T64, ZSTD(1)),
    exports            UInt64 codec(T64, ZSTD(1)),
    reactions          UInt64 codec(T64, ZSTD(1)),
    upgrades           UInt64 codec(T64, ZSTD(1)),
    unfollows          UInt64 codec(T64, ZSTD(1)),
    by_source          Map(String, UInt64) codec(ZSTD(1)),
    by_platform        Map(String, UInt64) codec(ZSTD(1)),
    by_country         Map(String, UInt64) codec(ZSTD(1)),
    by_device          Map(String, UInt64) codec(ZSTD(1)),
    shares_by_platform Map(String, UInt64) codec(ZSTD(1)),
    listeners          AggregateFunction(uniqCombined64, UInt64) codec(ZSTD(1)),  -- of all counted kinds: listener64
    sessions           AggregateFunction(uniqCombined64, UInt64) codec(ZSTD(1)),  -- of counted plays: xxh3(sessionId)
    users              AggregateFunction(uniqCombined64, UInt64) codec(ZSTD(1))   -- of counted plays: xxh3(userId)
)
engine = ReplacingMergeTree(version)
partition by toYear(at)
order by (grain, at, shard, contentId)
