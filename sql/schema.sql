-- The whole schema, dumped from a migrated empty database by `make golden`. Do not edit.

CREATE TABLE streakline.closed
(
    `shard` UInt8,
    `upto` DateTime('UTC')
)
ENGINE = ReplacingMergeTree(upto)
ORDER BY shard
SETTINGS index_granularity = 8192;

CREATE TABLE streakline.content_days
(
    `grain` Enum8('quarter' = 1, 'day' = 2),
    `at` DateTime('UTC') CODEC(Delta(4), ZSTD(1)),
    `shard` UInt8 CODEC(ZSTD(1)),
    `contentId` String CODEC(ZSTD(1)),
    `version` UInt64 CODEC(ZSTD(1)),
    `contentType` LowCardinality(String) CODEC(ZSTD(1)),
    `differs` Bool CODEC(ZSTD(1)),
    `events` UInt64 CODEC(T64, ZSTD(1)),
    `starts` UInt64 CODEC(T64, ZSTD(1)),
    `plays` UInt64 CODEC(T64, ZSTD(1)),
    `finished` UInt64 CODEC(T64, ZSTD(1)),
    `replays` UInt64 CODEC(T64, ZSTD(1)),
    `time_ms` UInt64 CODEC(T64, ZSTD(1)),
    `timed` UInt64 CODEC(T64, ZSTD(1)),
    `played_ms` UInt64 CODEC(T64, ZSTD(1)),
    `completed` UInt64 CODEC(T64, ZSTD(1)),
    `completion_pm` UInt64 CODEC(T64, ZSTD(1)),
    `likes` UInt64 CODEC(T64, ZSTD(1)),
    `unlikes` UInt64 CODEC(T64, ZSTD(1)),
    `saves` UInt64 CODEC(T64, ZSTD(1)),
    `unsaves` UInt64 CODEC(T64, ZSTD(1)),
    `shares` UInt64 CODEC(T64, ZSTD(1)),
    `downloads` UInt64 CODEC(T64, ZSTD(1)),
    `comments` UInt64 CODEC(T64, ZSTD(1)),
    `follows` UInt64 CODEC(T64, ZSTD(1)),
    `rates` UInt64 CODEC(T64, ZSTD(1)),
    `creates` UInt64 CODEC(T64, ZSTD(1)),
    `exports` UInt64 CODEC(T64, ZSTD(1)),
    `reactions` UInt64 CODEC(T64, ZSTD(1)),
    `upgrades` UInt64 CODEC(T64, ZSTD(1)),
    `unfollows` UInt64 CODEC(T64, ZSTD(1)),
    `by_source` Map(String, UInt64) CODEC(ZSTD(1)),
    `by_platform` Map(String, UInt64) CODEC(ZSTD(1)),
    `by_country` Map(String, UInt64) CODEC(ZSTD(1)),
    `by_device` Map(String, UInt64) CODEC(ZSTD(1)),
    `shares_by_platform` Map(String, UInt64) CODEC(ZSTD(1)),
    `listeners` AggregateFunction(uniqCombined64, UInt64) CODEC(ZSTD(1)),
    `sessions` AggregateFunction(uniqCombined64, UInt64) CODEC(ZSTD(1)),
    `users` AggregateFunction(uniqCombined64, UInt64) CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(version)
PARTITION BY toYear(at)
ORDER BY (shard, contentId, at)
SETTINGS index_granularity = 8192;

CREATE TABLE streakline.events
(
    `ts` DateTime64(3, 'UTC') CODEC(Delta(8), ZSTD(1)),
    `shard` UInt8 CODEC(ZSTD(1)),
    `contentId` String CODEC(ZSTD(1)),
    `id` String CODEC(ZSTD(1)),
    `version` UInt128 CODEC(ZSTD(1)),
    `at` DateTime64(3, 'UTC') CODEC(Delta(8), ZSTD(1)),
    `kind` UInt8 CODEC(ZSTD(1)),
    `type` LowCardinality(String) CODEC(ZSTD(1)),
    `contentType` LowCardinality(String) CODEC(ZSTD(1)),
    `parentId` String CODEC(ZSTD(1)),
    `creatorId` String CODEC(ZSTD(1)),
    `userId` String CODEC(ZSTD(1)),
    `anonymousId` String CODEC(ZSTD(1)),
    `sessionId` String CODEC(ZSTD(1)),
    `listener64` UInt64 CODEC(ZSTD(1)),
    `source` LowCardinality(String) CODEC(ZSTD(1)),
    `platform` LowCardinality(String) CODEC(ZSTD(1)),
    `country` LowCardinality(String) CODEC(ZSTD(1)),
    `device` LowCardinality(String) CODEC(ZSTD(1)),
    `sent` Map(LowCardinality(String), String) CODEC(ZSTD(1)),
    `browser` LowCardinality(String) CODEC(ZSTD(1)),
    `os` LowCardinality(String) CODEC(ZSTD(1)),
    `tz` LowCardinality(String) CODEC(ZSTD(1)),
    `offset` Int16 CODEC(ZSTD(1)),
    `playlistId` String CODEC(ZSTD(1)),
    `referrer` String CODEC(ZSTD(1)),
    `userAgent` String CODEC(ZSTD(1)),
    `botReason` LowCardinality(String) CODEC(ZSTD(1)),
    `genre` LowCardinality(String) CODEC(ZSTD(1)),
    `title` String CODEC(ZSTD(1)),
    `position` Nullable(Float64) CODEC(ZSTD(1)),
    `duration` UInt32 CODEC(ZSTD(1)),
    `length` UInt32 CODEC(ZSTD(1)),
    `completion` UInt16 CODEC(ZSTD(1)),
    `profile` UInt8 CODEC(ZSTD(1)),
    `bot` Bool CODEC(ZSTD(1)),
    `timed` Bool CODEC(ZSTD(1)),
    `counted` Bool CODEC(ZSTD(1)),
    `finished` Bool CODEC(ZSTD(1)),
    `replayed` Bool CODEC(ZSTD(1)),
    `ended` Bool CODEC(ZSTD(1)),
    `properties` String CODEC(ZSTD(1)),
    `bucket` DateTime('UTC') ALIAS toStartOfFifteenMinutes(ts),
    `entry` UInt64 ALIAS 18446744073709551615 - toUInt64(bitAnd(version, 18446744073709551615)),
    `accepted` DateTime64(3, 'UTC') ALIAS fromUnixTimestamp64Milli(toInt64(bitShiftRight(entry, 22)), 'UTC'),
    `countable` Bool ALIAS (NOT bot) AND ((kind <= 16) OR (kind = 24)),
    INDEX ts_range ts TYPE minmax GRANULARITY 1
)
ENGINE = ReplacingMergeTree(version)
PARTITION BY toYear(ts)
ORDER BY (toStartOfFifteenMinutes(ts), shard, contentId, ts, id)
SETTINGS index_granularity = 8192;

CREATE TABLE streakline.facts
(
    `subject` LowCardinality(String),
    `id` String,
    `fact` LowCardinality(String),
    `value` String,
    `version` UInt64
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (subject, id, fact)
SETTINGS index_granularity = 8192;

CREATE TABLE streakline.recount_keys
(
    `run` UInt64,
    `at` DateTime('UTC'),
    `contentId` String,
    `made` DateTime('UTC') DEFAULT now()
)
ENGINE = MergeTree
ORDER BY (run, at, contentId)
TTL made + toIntervalDay(1)
SETTINGS index_granularity = 8192;

CREATE TABLE streakline.rollup
(
    `grain` Enum8('quarter' = 1, 'day' = 2),
    `at` DateTime('UTC') CODEC(Delta(4), ZSTD(1)),
    `shard` UInt8 CODEC(ZSTD(1)),
    `contentId` String CODEC(ZSTD(1)),
    `version` UInt64 CODEC(ZSTD(1)),
    `contentType` LowCardinality(String) CODEC(ZSTD(1)),
    `differs` Bool CODEC(ZSTD(1)),
    `events` UInt64 CODEC(T64, ZSTD(1)),
    `starts` UInt64 CODEC(T64, ZSTD(1)),
    `plays` UInt64 CODEC(T64, ZSTD(1)),
    `finished` UInt64 CODEC(T64, ZSTD(1)),
    `replays` UInt64 CODEC(T64, ZSTD(1)),
    `time_ms` UInt64 CODEC(T64, ZSTD(1)),
    `timed` UInt64 CODEC(T64, ZSTD(1)),
    `played_ms` UInt64 CODEC(T64, ZSTD(1)),
    `completed` UInt64 CODEC(T64, ZSTD(1)),
    `completion_pm` UInt64 CODEC(T64, ZSTD(1)),
    `likes` UInt64 CODEC(T64, ZSTD(1)),
    `unlikes` UInt64 CODEC(T64, ZSTD(1)),
    `saves` UInt64 CODEC(T64, ZSTD(1)),
    `unsaves` UInt64 CODEC(T64, ZSTD(1)),
    `shares` UInt64 CODEC(T64, ZSTD(1)),
    `downloads` UInt64 CODEC(T64, ZSTD(1)),
    `comments` UInt64 CODEC(T64, ZSTD(1)),
    `follows` UInt64 CODEC(T64, ZSTD(1)),
    `rates` UInt64 CODEC(T64, ZSTD(1)),
    `creates` UInt64 CODEC(T64, ZSTD(1)),
    `exports` UInt64 CODEC(T64, ZSTD(1)),
    `reactions` UInt64 CODEC(T64, ZSTD(1)),
    `upgrades` UInt64 CODEC(T64, ZSTD(1)),
    `unfollows` UInt64 CODEC(T64, ZSTD(1)),
    `by_source` Map(String, UInt64) CODEC(ZSTD(1)),
    `by_platform` Map(String, UInt64) CODEC(ZSTD(1)),
    `by_country` Map(String, UInt64) CODEC(ZSTD(1)),
    `by_device` Map(String, UInt64) CODEC(ZSTD(1)),
    `shares_by_platform` Map(String, UInt64) CODEC(ZSTD(1)),
    `listeners` AggregateFunction(uniqCombined64, UInt64) CODEC(ZSTD(1)),
    `sessions` AggregateFunction(uniqCombined64, UInt64) CODEC(ZSTD(1)),
    `users` AggregateFunction(uniqCombined64, UInt64) CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(version)
PARTITION BY toYear(at)
ORDER BY (grain, at, shard, contentId)
SETTINGS index_granularity = 8192;

CREATE VIEW streakline.analytics_events
(
    `id` String,
    `user_id` Nullable(String),
    `event_type` String,
    `properties` String,
    `timestamp` DateTime64(3, 'UTC'),
    `session_id` String
)
AS SELECT
    id,
    nullIf(userId, '') AS user_id,
    multiIf((contentType != 'mashup') AND (kind IN (1, 2, 3, 4, 8, 13, 14)), type, kind <= 3, 'mashup_played', kind = 4, 'mashup_liked', kind = 8, 'mashup_shared', kind = 13, 'mashup_created', kind = 14, 'mashup_exported', kind = 15, 'ai_reaction', kind = 11, 'user_followed', kind = 10, 'comment_posted', kind = 16, 'subscription_upgraded', kind = 5, 'unlike', kind = 7, 'unsave', kind = 24, 'unfollow', type) AS event_type,
    multiIf(contentId = '', if(properties = '', '{}', properties), (properties = '') OR (properties = '{}'), toJSONString(map(if(contentType = 'mashup', 'mashup_id', 'content_id'), contentId)), concat(substring(toJSONString(map(if(contentType = 'mashup', 'mashup_id', 'content_id'), contentId)), 1, -1), ',', substring(properties, 2))) AS properties,
    ts AS timestamp,
    sessionId AS session_id
FROM streakline.events
FINAL
WHERE countable
SETTINGS do_not_merge_across_partitions_select_final = 1, optimize_move_to_prewhere_if_final = 1;

CREATE VIEW streakline.content
(
    `contentId` String,
    `title` String,
    `contentType` String,
    `creatorId` String,
    `parentId` String,
    `genre` String,
    `duration` UInt32,
    `createdAt` Nullable(DateTime64(3, 'UTC'))
)
AS SELECT
    id AS contentId,
    maxIf(value, fact = 'title') AS title,
    maxIf(value, fact = 'type') AS contentType,
    maxIf(value, fact = 'creator') AS creatorId,
    maxIf(value, fact = 'parent') AS parentId,
    maxIf(value, fact = 'genre') AS genre,
    toUInt32OrZero(maxIf(value, fact = 'duration')) AS duration,
    parseDateTime64BestEffortOrNull(maxIf(value, fact = 'created'), 3, 'UTC') AS createdAt
FROM streakline.facts
FINAL
WHERE subject = 'content'
GROUP BY id;

CREATE MATERIALIZED VIEW streakline.content_days_mv TO streakline.content_days
(
    `grain` Enum8('quarter' = 1, 'day' = 2),
    `at` DateTime('UTC'),
    `shard` UInt8,
    `contentId` String,
    `version` UInt64,
    `contentType` LowCardinality(String),
    `differs` Bool,
    `events` UInt64,
    `starts` UInt64,
    `plays` UInt64,
    `finished` UInt64,
    `replays` UInt64,
    `time_ms` UInt64,
    `timed` UInt64,
    `played_ms` UInt64,
    `completed` UInt64,
    `completion_pm` UInt64,
    `likes` UInt64,
    `unlikes` UInt64,
    `saves` UInt64,
    `unsaves` UInt64,
    `shares` UInt64,
    `downloads` UInt64,
    `comments` UInt64,
    `follows` UInt64,
    `rates` UInt64,
    `creates` UInt64,
    `exports` UInt64,
    `reactions` UInt64,
    `upgrades` UInt64,
    `unfollows` UInt64,
    `by_source` Map(String, UInt64),
    `by_platform` Map(String, UInt64),
    `by_country` Map(String, UInt64),
    `by_device` Map(String, UInt64),
    `shares_by_platform` Map(String, UInt64),
    `listeners` AggregateFunction(uniqCombined64, UInt64),
    `sessions` AggregateFunction(uniqCombined64, UInt64),
    `users` AggregateFunction(uniqCombined64, UInt64)
)
AS SELECT *
FROM streakline.rollup
WHERE grain = 'day';

CREATE VIEW streakline.creators
(
    `creatorId` String,
    `name` String
)
AS SELECT
    id AS creatorId,
    maxIf(value, fact = 'name') AS name
FROM streakline.facts
FINAL
WHERE subject = 'creator'
GROUP BY id;

CREATE VIEW streakline.daily_stats
(
    `id` String,
    `trackId` String,
    `date` Date,
    `totalPlays` Int64,
    `uniquePlays` Int64,
    `totalLikes` Int64,
    `totalShares` Int64,
    `totalDownloads` Int64,
    `totalSaves` Int64,
    `avgDuration` Nullable(Float64),
    `avgCompletionRate` Nullable(Float64),
    `skipRate` Nullable(Float64),
    `replayRate` Nullable(Float64),
    `createdAt` DateTime64(3, 'UTC')
)
AS SELECT
    concat(contentId, ':', toString(date)) AS id,
    contentId AS trackId,
    date,
    toInt64(sum(plays)) AS totalPlays,
    toInt64(uniqCombined64Merge(sessions)) AS uniquePlays,
    toInt64(sum(likes)) AS totalLikes,
    toInt64(sum(shares)) AS totalShares,
    toInt64(sum(downloads)) AS totalDownloads,
    toInt64(sum(saves)) AS totalSaves,
    (sum(played_ms) / 1000) / nullIf(sum(timed), 0) AS avgDuration,
    (sum(completion_pm) / 10) / nullIf(sum(completed), 0) AS avgCompletionRate,
    (100 * (sum(starts) - sum(plays))) / nullIf(sum(starts), 0) AS skipRate,
    (100 * sum(replays)) / nullIf(sum(plays), 0) AS replayRate,
    fromUnixTimestamp64Milli(toInt64(bitShiftRight(bitAnd(max(version), 9223372036854775807), 22)), 'UTC') AS createdAt
FROM streakline.day_counts
WHERE contentId != ''
GROUP BY
    trackId,
    date
HAVING sum(events) > 0;

CREATE VIEW streakline.day_counts
(
    `date` Date,
    `shard` UInt8,
    `contentId` String,
    `contentType` String,
    `version` UInt64,
    `events` UInt64,
    `starts` UInt64,
    `plays` UInt64,
    `finished` UInt64,
    `replays` UInt64,
    `time_ms` UInt64,
    `timed` UInt64,
    `played_ms` UInt64,
    `completed` UInt64,
    `completion_pm` UInt64,
    `likes` UInt64,
    `unlikes` UInt64,
    `saves` UInt64,
    `unsaves` UInt64,
    `shares` UInt64,
    `downloads` UInt64,
    `comments` UInt64,
    `follows` UInt64,
    `rates` UInt64,
    `creates` UInt64,
    `exports` UInt64,
    `reactions` UInt64,
    `upgrades` UInt64,
    `unfollows` UInt64,
    `by_source` Map(String, UInt64),
    `by_platform` Map(String, UInt64),
    `by_country` Map(String, UInt64),
    `by_device` Map(String, UInt64),
    `shares_by_platform` Map(String, UInt64),
    `listeners` AggregateFunction(uniqCombined64, UInt64),
    `sessions` AggregateFunction(uniqCombined64, UInt64),
    `users` AggregateFunction(uniqCombined64, UInt64)
)
AS WITH
    (
        SELECT CAST((groupArray(shard), groupArray(upto)), 'Map(UInt8, DateTime(\'UTC\'))')
        FROM streakline.closed
        FINAL
    ) AS closed_to,
    (
        SELECT toStartOfDay(min(upto) + 900)
        FROM streakline.closed
        FINAL
    ) AS rest,
    (
        SELECT min(upto)
        FROM streakline.closed
        FINAL
    ) AS opened
SELECT
    toDate(at) AS date,
    shard,
    contentId,
    contentType,
    version,
    events,
    starts,
    plays,
    finished,
    replays,
    time_ms,
    timed,
    played_ms,
    completed,
    completion_pm,
    likes,
    unlikes,
    saves,
    unsaves,
    shares,
    downloads,
    comments,
    follows,
    rates,
    creates,
    exports,
    reactions,
    upgrades,
    unfollows,
    by_source,
    by_platform,
    by_country,
    by_device,
    shares_by_platform,
    listeners,
    sessions,
    users
FROM streakline.rollup
FINAL
WHERE (grain = 'day') AND (at < toStartOfDay((closed_to[shard]) + 900))
SETTINGS do_not_merge_across_partitions_select_final = 1, optimize_move_to_prewhere_if_final = 1
UNION ALL
WITH
    (
        SELECT CAST((groupArray(shard), groupArray(upto)), 'Map(UInt8, DateTime(\'UTC\'))')
        FROM streakline.closed
        FINAL
    ) AS closed_to,
    (
        SELECT toStartOfDay(min(upto) + 900)
        FROM streakline.closed
        FINAL
    ) AS rest,
    (
        SELECT min(upto)
        FROM streakline.closed
        FINAL
    ) AS opened
SELECT
    toDate(at) AS date,
    shard,
    contentId,
    max(contentType) AS contentType,
    max(version) AS version,
    sum(events) AS events,
    sum(starts) AS starts,
    sum(plays) AS plays,
    sum(finished) AS finished,
    sum(replays) AS replays,
    sum(time_ms) AS time_ms,
    sum(timed) AS timed,
    sum(played_ms) AS played_ms,
    sum(completed) AS completed,
    sum(completion_pm) AS completion_pm,
    sum(likes) AS likes,
    sum(unlikes) AS unlikes,
    sum(saves) AS saves,
    sum(unsaves) AS unsaves,
    sum(shares) AS shares,
    sum(downloads) AS downloads,
    sum(comments) AS comments,
    sum(follows) AS follows,
    sum(rates) AS rates,
    sum(creates) AS creates,
    sum(exports) AS exports,
    sum(reactions) AS reactions,
    sum(upgrades) AS upgrades,
    sum(unfollows) AS unfollows,
    sumMap(by_source) AS by_source,
    sumMap(by_platform) AS by_platform,
    sumMap(by_country) AS by_country,
    sumMap(by_device) AS by_device,
    sumMap(shares_by_platform) AS shares_by_platform,
    uniqCombined64MergeState(listeners) AS listeners,
    uniqCombined64MergeState(sessions) AS sessions,
    uniqCombined64MergeState(users) AS users
FROM streakline.rollup
FINAL
WHERE (grain = 'quarter') AND (at >= rest) AND (at >= toStartOfDay((closed_to[shard]) + 900))
GROUP BY
    date,
    shard,
    contentId
SETTINGS do_not_merge_across_partitions_select_final = 1, optimize_move_to_prewhere_if_final = 1
UNION ALL
WITH
    (
        SELECT CAST((groupArray(shard), groupArray(upto)), 'Map(UInt8, DateTime(\'UTC\'))')
        FROM streakline.closed
        FINAL
    ) AS closed_to,
    (
        SELECT toStartOfDay(min(upto) + 900)
        FROM streakline.closed
        FINAL
    ) AS rest,
    (
        SELECT min(upto)
        FROM streakline.closed
        FINAL
    ) AS opened
SELECT
    toDate(ts) AS date,
    shard,
    contentId,
    max(contentType) AS contentType,
    toUInt64(0) AS version,
    0 AS events,
    0 AS starts,
    0 AS plays,
    0 AS finished,
    0 AS replays,
    0 AS time_ms,
    0 AS timed,
    0 AS played_ms,
    0 AS completed,
    0 AS completion_pm,
    0 AS likes,
    0 AS unlikes,
    0 AS saves,
    0 AS unsaves,
    0 AS shares,
    0 AS downloads,
    0 AS comments,
    0 AS follows,
    0 AS rates,
    0 AS creates,
    0 AS exports,
    0 AS reactions,
    0 AS upgrades,
    0 AS unfollows,
    CAST(map(), 'Map(String, UInt64)') AS by_source,
    CAST(map(), 'Map(String, UInt64)') AS by_platform,
    CAST(map(), 'Map(String, UInt64)') AS by_country,
    CAST(map(), 'Map(String, UInt64)') AS by_device,
    CAST(map(), 'Map(String, UInt64)') AS shares_by_platform,
    uniqCombined64State(listener64) AS listeners,
    uniqCombined64StateIf(xxh3(sessionId), counted AND (sessionId != '')) AS sessions,
    uniqCombined64StateIf(xxh3(userId), counted AND (userId != '')) AS users
FROM streakline.events
FINAL
WHERE (toStartOfFifteenMinutes(ts) > opened) AND (toStartOfFifteenMinutes(ts) > (closed_to[shard])) AND countable
GROUP BY
    date,
    shard,
    contentId
SETTINGS do_not_merge_across_partitions_select_final = 1, optimize_move_to_prewhere_if_final = 1;

CREATE VIEW streakline.download_events
(
    `id` String,
    `trackId` String,
    `userId` Nullable(String),
    `sessionId` String,
    `timestamp` DateTime64(3, 'UTC'),
    `source` LowCardinality(String),
    `userAgent` String,
    `ip` Nullable(String),
    `createdAt` DateTime64(3, 'UTC')
)
AS SELECT
    id,
    contentId AS trackId,
    nullIf(userId, '') AS userId,
    sessionId,
    ts AS timestamp,
    source,
    userAgent,
    CAST(NULL, 'Nullable(String)') AS ip,
    accepted AS createdAt
FROM streakline.events
FINAL
WHERE (kind = 9) AND countable
SETTINGS do_not_merge_across_partitions_select_final = 1, optimize_move_to_prewhere_if_final = 1;

CREATE VIEW streakline.like_events
(
    `id` String,
    `trackId` String,
    `userId` Nullable(String),
    `sessionId` String,
    `timestamp` DateTime64(3, 'UTC'),
    `source` LowCardinality(String),
    `action` String,
    `createdAt` DateTime64(3, 'UTC')
)
AS SELECT
    id,
    contentId AS trackId,
    nullIf(userId, '') AS userId,
    sessionId,
    ts AS timestamp,
    source,
    if(kind = 4, 'like', 'unlike') AS action,
    accepted AS createdAt
FROM streakline.events
FINAL
WHERE (kind IN (4, 5)) AND countable
SETTINGS do_not_merge_across_partitions_select_final = 1, optimize_move_to_prewhere_if_final = 1;

CREATE VIEW streakline.mashup_daily_stats
(
    `id` String,
    `mashup_id` String,
    `date` Date,
    `plays` Int64,
    `unique_plays` Int64,
    `likes` Int64,
    `shares` Int64,
    `comments` Int64,
    `downloads` Int64,
    `avg_watch_time` Nullable(Float64)
)
AS SELECT
    concat(contentId, ':', toString(date)) AS id,
    contentId AS mashup_id,
    date,
    toInt64(sum(plays)) AS plays,
    toInt64(uniqCombined64Merge(users)) AS unique_plays,
    toInt64(sum(likes)) AS likes,
    toInt64(sum(shares)) AS shares,
    toInt64(sum(comments)) AS comments,
    toInt64(sum(downloads)) AS downloads,
    (sum(played_ms) / 1000) / nullIf(sum(timed), 0) AS avg_watch_time
FROM streakline.day_counts
WHERE contentType = 'mashup'
GROUP BY
    mashup_id,
    date
HAVING sum(events) > 0;

CREATE VIEW streakline.monthly_stats
(
    `id` String,
    `trackId` String,
    `monthStart` Date,
    `totalPlays` Int64,
    `uniquePlays` Int64,
    `totalLikes` Int64,
    `totalShares` Int64,
    `totalDownloads` Int64,
    `totalSaves` Int64,
    `avgDuration` Nullable(Float64),
    `avgCompletionRate` Nullable(Float64),
    `skipRate` Nullable(Float64),
    `replayRate` Nullable(Float64),
    `createdAt` DateTime64(3, 'UTC')
)
AS SELECT
    concat(contentId, ':', toString(monthStart)) AS id,
    contentId AS trackId,
    toStartOfMonth(date) AS monthStart,
    toInt64(sum(plays)) AS totalPlays,
    toInt64(uniqCombined64Merge(sessions)) AS uniquePlays,
    toInt64(sum(likes)) AS totalLikes,
    toInt64(sum(shares)) AS totalShares,
    toInt64(sum(downloads)) AS totalDownloads,
    toInt64(sum(saves)) AS totalSaves,
    (sum(played_ms) / 1000) / nullIf(sum(timed), 0) AS avgDuration,
    (sum(completion_pm) / 10) / nullIf(sum(completed), 0) AS avgCompletionRate,
    (100 * (sum(starts) - sum(plays))) / nullIf(sum(starts), 0) AS skipRate,
    (100 * sum(replays)) / nullIf(sum(plays), 0) AS replayRate,
    fromUnixTimestamp64Milli(toInt64(bitShiftRight(bitAnd(max(version), 9223372036854775807), 22)), 'UTC') AS createdAt
FROM streakline.day_counts
WHERE contentId != ''
GROUP BY
    trackId,
    monthStart
HAVING sum(events) > 0;

CREATE VIEW streakline.play_events
(
    `id` String,
    `trackId` String,
    `userId` Nullable(String),
    `sessionId` String,
    `timestamp` DateTime64(3, 'UTC'),
    `source` LowCardinality(String),
    `playlistId` Nullable(String),
    `userAgent` String,
    `ip` Nullable(String),
    `duration` Nullable(Int64),
    `completionRate` Nullable(Int64),
    `skipped` Bool,
    `replayed` Bool,
    `createdAt` DateTime64(3, 'UTC')
)
AS SELECT
    id,
    contentId AS trackId,
    nullIf(userId, '') AS userId,
    sessionId,
    ts AS timestamp,
    source,
    nullIf(playlistId, '') AS playlistId,
    userAgent,
    CAST(NULL, 'Nullable(String)') AS ip,
    if(timed, toInt64(intDiv(duration + 500, 1000)), NULL) AS duration,
    if(completion = 65535, NULL, toInt64(intDiv(completion + 5, 10))) AS completionRate,
    NOT counted AS skipped,
    replayed,
    accepted AS createdAt
FROM streakline.events
FINAL
WHERE (kind <= 3) AND countable
SETTINGS do_not_merge_across_partitions_select_final = 1, optimize_move_to_prewhere_if_final = 1;

CREATE VIEW streakline.save_events
(
    `id` String,
    `trackId` String,
    `userId` Nullable(String),
    `sessionId` String,
    `timestamp` DateTime64(3, 'UTC'),
    `playlistId` Nullable(String),
    `action` String,
    `createdAt` DateTime64(3, 'UTC')
)
AS SELECT
    id,
    contentId AS trackId,
    nullIf(userId, '') AS userId,
    sessionId,
    ts AS timestamp,
    nullIf(playlistId, '') AS playlistId,
    if(kind = 6, 'save', 'unsave') AS action,
    accepted AS createdAt
FROM streakline.events
FINAL
WHERE (kind IN (6, 7)) AND countable
SETTINGS do_not_merge_across_partitions_select_final = 1, optimize_move_to_prewhere_if_final = 1;

CREATE VIEW streakline.share_events
(
    `id` String,
    `trackId` String,
    `userId` Nullable(String),
    `sessionId` String,
    `timestamp` DateTime64(3, 'UTC'),
    `platform` LowCardinality(String),
    `source` LowCardinality(String),
    `createdAt` DateTime64(3, 'UTC')
)
AS SELECT
    id,
    contentId AS trackId,
    nullIf(userId, '') AS userId,
    sessionId,
    ts AS timestamp,
    platform,
    source,
    accepted AS createdAt
FROM streakline.events
FINAL
WHERE (kind = 8) AND countable
SETTINGS do_not_merge_across_partitions_select_final = 1, optimize_move_to_prewhere_if_final = 1;

CREATE VIEW streakline.user_daily_stats
(
    `id` String,
    `user_id` String,
    `date` Date,
    `mashups_created` Int64,
    `plays_received` Int64,
    `followers_gained` Int64
)
AS SELECT
    concat(user_id, ':', toString(date)) AS id,
    user_id,
    date,
    toInt64(countIf(kind = 13)) AS mashups_created,
    toInt64(countIf((kind <= 3) AND counted)) AS plays_received,
    toInt64(countIf(kind = 11)) AS followers_gained
FROM
(
    SELECT
        if(kind = 13, userId, creatorId) AS user_id,
        toDate(ts) AS date,
        kind,
        counted
    FROM streakline.events
    FINAL
    WHERE countable AND (kind IN (1, 2, 3, 11, 13))
)
WHERE user_id != ''
GROUP BY
    user_id,
    date
HAVING ((mashups_created + plays_received) + followers_gained) > 0
SETTINGS do_not_merge_across_partitions_select_final = 1, optimize_move_to_prewhere_if_final = 1;

CREATE VIEW streakline.weekly_stats
(
    `id` String,
    `trackId` String,
    `weekStart` Date,
    `totalPlays` Int64,
    `uniquePlays` Int64,
    `totalLikes` Int64,
    `totalShares` Int64,
    `totalDownloads` Int64,
    `totalSaves` Int64,
    `avgDuration` Nullable(Float64),
    `avgCompletionRate` Nullable(Float64),
    `skipRate` Nullable(Float64),
    `replayRate` Nullable(Float64),
    `createdAt` DateTime64(3, 'UTC')
)
AS SELECT
    concat(contentId, ':', toString(weekStart)) AS id,
    contentId AS trackId,
    toMonday(date) AS weekStart,
    toInt64(sum(plays)) AS totalPlays,
    toInt64(uniqCombined64Merge(sessions)) AS uniquePlays,
    toInt64(sum(likes)) AS totalLikes,
    toInt64(sum(shares)) AS totalShares,
    toInt64(sum(downloads)) AS totalDownloads,
    toInt64(sum(saves)) AS totalSaves,
    (sum(played_ms) / 1000) / nullIf(sum(timed), 0) AS avgDuration,
    (sum(completion_pm) / 10) / nullIf(sum(completed), 0) AS avgCompletionRate,
    (100 * (sum(starts) - sum(plays))) / nullIf(sum(starts), 0) AS skipRate,
    (100 * sum(replays)) / nullIf(sum(plays), 0) AS replayRate,
    fromUnixTimestamp64Milli(toInt64(bitShiftRight(bitAnd(max(version), 9223372036854775807), 22)), 'UTC') AS createdAt
FROM streakline.day_counts
WHERE contentId != ''
GROUP BY
    trackId,
    weekStart
HAVING sum(events) > 0;

CREATE VIEW streakline.yearly_stats
(
    `id` String,
    `trackId` String,
    `year` UInt16,
    `totalPlays` Int64,
    `uniquePlays` Int64,
    `totalLikes` Int64,
    `totalShares` Int64,
    `totalDownloads` Int64,
    `totalSaves` Int64,
    `avgDuration` Nullable(Float64),
    `avgCompletionRate` Nullable(Float64),
    `skipRate` Nullable(Float64),
    `replayRate` Nullable(Float64),
    `createdAt` DateTime64(3, 'UTC')
)
AS SELECT
    concat(contentId, ':', toString(year)) AS id,
    contentId AS trackId,
    toYear(date) AS year,
    toInt64(sum(plays)) AS totalPlays,
    toInt64(uniqCombined64Merge(sessions)) AS uniquePlays,
    toInt64(sum(likes)) AS totalLikes,
    toInt64(sum(shares)) AS totalShares,
    toInt64(sum(downloads)) AS totalDownloads,
    toInt64(sum(saves)) AS totalSaves,
    (sum(played_ms) / 1000) / nullIf(sum(timed), 0) AS avgDuration,
    (sum(completion_pm) / 10) / nullIf(sum(completed), 0) AS avgCompletionRate,
    (100 * (sum(starts) - sum(plays))) / nullIf(sum(starts), 0) AS skipRate,
    (100 * sum(replays)) / nullIf(sum(plays), 0) AS replayRate,
    fromUnixTimestamp64Milli(toInt64(bitShiftRight(bitAnd(max(version), 9223372036854775807), 22)), 'UTC') AS createdAt
FROM streakline.day_counts
WHERE contentId != ''
GROUP BY
    trackId,
    year
HAVING sum(events) > 0;

CREATE VIEW streakline.zone_days
AS WITH
    (
        SELECT CAST((groupArray(shard), groupArray(upto)), 'Map(UInt8, DateTime(\'UTC\'))')
        FROM streakline.closed
        FINAL
    ) AS closed_to,
    (
        SELECT min(upto)
        FROM streakline.closed
        FINAL
    ) AS opened,
    toDateTime({first:Date} - 1, 'UTC') AS opens,
    toDateTime({last:Date} + 2, 'UTC') AS ends
SELECT
    toDate(at, {tz:String}) AS date,
    shard,
    contentId,
    max(contentType) AS contentType,
    sum(events) AS events,
    sum(starts) AS starts,
    sum(plays) AS plays,
    sum(finished) AS finished,
    sum(replays) AS replays,
    sum(time_ms) AS time_ms,
    sum(timed) AS timed,
    sum(played_ms) AS played_ms,
    sum(completed) AS completed,
    sum(completion_pm) AS completion_pm,
    sum(likes) AS likes,
    sum(unlikes) AS unlikes,
    sum(saves) AS saves,
    sum(unsaves) AS unsaves,
    sum(shares) AS shares,
    sum(downloads) AS downloads,
    sum(comments) AS comments,
    sum(follows) AS follows,
    sum(rates) AS rates,
    sum(creates) AS creates,
    sum(exports) AS exports,
    sum(reactions) AS reactions,
    sum(upgrades) AS upgrades,
    sum(unfollows) AS unfollows,
    sumMap(by_source) AS by_source,
    sumMap(by_platform) AS by_platform,
    sumMap(by_country) AS by_country,
    sumMap(by_device) AS by_device,
    sumMap(shares_by_platform) AS shares_by_platform,
    uniqCombined64MergeState(listeners) AS listeners,
    uniqCombined64MergeState(sessions) AS sessions,
    uniqCombined64MergeState(users) AS users
FROM streakline.rollup
FINAL
WHERE (grain = 'quarter') AND (at >= opens) AND (at < ends) AND ((date >= {first:Date}) AND (date <= {last:Date}))
GROUP BY
    date,
    shard,
    contentId
SETTINGS do_not_merge_across_partitions_select_final = 1, optimize_move_to_prewhere_if_final = 1
UNION ALL
WITH
    (
        SELECT CAST((groupArray(shard), groupArray(upto)), 'Map(UInt8, DateTime(\'UTC\'))')
        FROM streakline.closed
        FINAL
    ) AS closed_to,
    (
        SELECT min(upto)
        FROM streakline.closed
        FINAL
    ) AS opened,
    toDateTime({first:Date} - 1, 'UTC') AS opens,
    toDateTime({last:Date} + 2, 'UTC') AS ends
SELECT
    toDate(ts, {tz:String}) AS date,
    shard,
    contentId,
    max(contentType) AS contentType,
    0 AS events,
    0 AS starts,
    0 AS plays,
    0 AS finished,
    0 AS replays,
    0 AS time_ms,
    0 AS timed,
    0 AS played_ms,
    0 AS completed,
    0 AS completion_pm,
    0 AS likes,
    0 AS unlikes,
    0 AS saves,
    0 AS unsaves,
    0 AS shares,
    0 AS downloads,
    0 AS comments,
    0 AS follows,
    0 AS rates,
    0 AS creates,
    0 AS exports,
    0 AS reactions,
    0 AS upgrades,
    0 AS unfollows,
    CAST(map(), 'Map(String, UInt64)') AS by_source,
    CAST(map(), 'Map(String, UInt64)') AS by_platform,
    CAST(map(), 'Map(String, UInt64)') AS by_country,
    CAST(map(), 'Map(String, UInt64)') AS by_device,
    CAST(map(), 'Map(String, UInt64)') AS shares_by_platform,
    uniqCombined64State(listener64) AS listeners,
    uniqCombined64StateIf(xxh3(sessionId), counted AND (sessionId != '')) AS sessions,
    uniqCombined64StateIf(xxh3(userId), counted AND (userId != '')) AS users
FROM streakline.events
FINAL
WHERE (toStartOfFifteenMinutes(ts) > opened) AND (toStartOfFifteenMinutes(ts) > (closed_to[shard])) AND countable AND ((date >= {first:Date}) AND (date <= {last:Date}))
GROUP BY
    date,
    shard,
    contentId
SETTINGS do_not_merge_across_partitions_select_final = 1, optimize_move_to_prewhere_if_final = 1;
