-- The whole schema, dumped from a migrated empty database by `make golden`. Do not edit.

CREATE TABLE streakline.closed
(
    `shard` UInt8 COMMENT 'Part of the stream.',
    `upto` DateTime('UTC') COMMENT 'The newest closed quarter hour, UTC.'
)
ENGINE = ReplacingMergeTree(upto)
ORDER BY shard
SETTINGS index_granularity = 8192
COMMENT 'Internal: up to which quarter hour of a shard rollup has the last word.';

CREATE TABLE streakline.content_days
(
    `grain` Enum8('quarter' = 1, 'day' = 2) COMMENT 'Quarter hour or UTC day.',
    `at` DateTime('UTC') COMMENT 'Its first moment, UTC.' CODEC(Delta(4), ZSTD(1)),
    `shard` UInt8 COMMENT 'Part of the stream.' CODEC(ZSTD(1)),
    `contentId` String COMMENT 'The content.' CODEC(ZSTD(1)),
    `version` UInt64 COMMENT 'The greatest stands. From 2^63 up: recounted from events.' CODEC(ZSTD(1)),
    `contentType` LowCardinality(String) COMMENT 'Type of the content.' CODEC(ZSTD(1)),
    `differs` Bool COMMENT 'This recount found another value than the provisional row.' CODEC(ZSTD(1)),
    `events` UInt64 COMMENT 'All that counts, without robots.' CODEC(T64, ZSTD(1)),
    `starts` UInt64 COMMENT 'Plays begun.' CODEC(T64, ZSTD(1)),
    `plays` UInt64 COMMENT 'Plays that count.' CODEC(T64, ZSTD(1)),
    `finished` UInt64 COMMENT 'Of the counted, finished.' CODEC(T64, ZSTD(1)),
    `replays` UInt64 COMMENT 'Of the counted, replays.' CODEC(T64, ZSTD(1)),
    `time_ms` UInt64 COMMENT 'Milliseconds listened over all starts.' CODEC(T64, ZSTD(1)),
    `timed` UInt64 COMMENT 'Counted plays that give a duration.' CODEC(T64, ZSTD(1)),
    `played_ms` UInt64 COMMENT 'Milliseconds of those.' CODEC(T64, ZSTD(1)),
    `completed` UInt64 COMMENT 'Counted plays whose completion is known.' CODEC(T64, ZSTD(1)),
    `completion_pm` UInt64 COMMENT 'Sum of their completion, per mille.' CODEC(T64, ZSTD(1)),
    `likes` UInt64 COMMENT 'Likes.' CODEC(T64, ZSTD(1)),
    `unlikes` UInt64 COMMENT 'Likes taken back.' CODEC(T64, ZSTD(1)),
    `saves` UInt64 COMMENT 'Saves.' CODEC(T64, ZSTD(1)),
    `unsaves` UInt64 COMMENT 'Saves taken back.' CODEC(T64, ZSTD(1)),
    `shares` UInt64 COMMENT 'Shares.' CODEC(T64, ZSTD(1)),
    `downloads` UInt64 COMMENT 'Downloads.' CODEC(T64, ZSTD(1)),
    `comments` UInt64 COMMENT 'Comments.' CODEC(T64, ZSTD(1)),
    `follows` UInt64 COMMENT 'Follows.' CODEC(T64, ZSTD(1)),
    `rates` UInt64 COMMENT 'Ratings.' CODEC(T64, ZSTD(1)),
    `creates` UInt64 COMMENT 'Contents made.' CODEC(T64, ZSTD(1)),
    `exports` UInt64 COMMENT 'Exports.' CODEC(T64, ZSTD(1)),
    `reactions` UInt64 COMMENT 'Reactions.' CODEC(T64, ZSTD(1)),
    `upgrades` UInt64 COMMENT 'Upgrades of a subscription.' CODEC(T64, ZSTD(1)),
    `unfollows` UInt64 COMMENT 'Follows taken back.' CODEC(T64, ZSTD(1)),
    `by_source` Map(String, UInt64) COMMENT 'Counted plays by source.' CODEC(ZSTD(1)),
    `by_platform` Map(String, UInt64) COMMENT 'Counted plays by platform.' CODEC(ZSTD(1)),
    `by_country` Map(String, UInt64) COMMENT 'Counted plays by country.' CODEC(ZSTD(1)),
    `by_device` Map(String, UInt64) COMMENT 'Counted plays by device.' CODEC(ZSTD(1)),
    `shares_by_platform` Map(String, UInt64) COMMENT 'Shares by platform.' CODEC(ZSTD(1)),
    `listeners` AggregateFunction(uniqCombined64, UInt64) COMMENT 'Sketch of the persons of all that counts. Read it with uniqCombined64Merge.' CODEC(ZSTD(1)),
    `sessions` AggregateFunction(uniqCombined64, UInt64) COMMENT 'Sketch of the sessions of counted plays.' CODEC(ZSTD(1)),
    `users` AggregateFunction(uniqCombined64, UInt64) COMMENT 'Sketch of the signed-in persons of counted plays.' CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(version)
PARTITION BY toYear(at)
ORDER BY (shard, contentId, at)
SETTINGS index_granularity = 8192
COMMENT 'Internal: the day rows of rollup once more, by content.';

CREATE TABLE streakline.content_names
(
    `contentId` String COMMENT 'The content.' CODEC(ZSTD(1)),
    `fact` LowCardinality(String) COMMENT 'title, or type: of contents that nobody gave a title.',
    `title` String COMMENT 'Its title, empty for a type.' CODEC(ZSTD(1)),
    `folded` String COMMENT 'Title and id without case and accents.' CODEC(ZSTD(1)),
    `version` UInt64 COMMENT 'That of the fact, the greatest stands.'
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (contentId, fact)
SETTINGS index_granularity = 8192
COMMENT 'Internal: titles and ids of contents as a search compares them.';

CREATE TABLE streakline.content_plays
(
    `contentId` String COMMENT 'The content.' CODEC(ZSTD(1)),
    `plays` UInt64 COMMENT 'Counted plays over all time, up to the newest closed quarter hour.',
    `folded` String MATERIALIZED removeDiacriticsUTF8(caseFoldUTF8(contentId)) COMMENT 'The id without case and accents.' CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree
ORDER BY contentId
SETTINGS index_granularity = 8192
COMMENT 'Internal: lifetime plays of contents, by which a search orders them.';

CREATE TABLE streakline.content_quarters
(
    `grain` Enum8('quarter' = 1, 'day' = 2) COMMENT 'Quarter hour or UTC day.',
    `at` DateTime('UTC') COMMENT 'Its first moment, UTC.' CODEC(Delta(4), ZSTD(1)),
    `shard` UInt8 COMMENT 'Part of the stream.' CODEC(ZSTD(1)),
    `contentId` String COMMENT 'The content.' CODEC(ZSTD(1)),
    `version` UInt64 COMMENT 'The greatest stands. From 2^63 up: recounted from events.' CODEC(ZSTD(1)),
    `contentType` LowCardinality(String) COMMENT 'Type of the content.' CODEC(ZSTD(1)),
    `differs` Bool COMMENT 'This recount found another value than the provisional row.' CODEC(ZSTD(1)),
    `events` UInt64 COMMENT 'All that counts, without robots.' CODEC(T64, ZSTD(1)),
    `starts` UInt64 COMMENT 'Plays begun.' CODEC(T64, ZSTD(1)),
    `plays` UInt64 COMMENT 'Plays that count.' CODEC(T64, ZSTD(1)),
    `finished` UInt64 COMMENT 'Of the counted, finished.' CODEC(T64, ZSTD(1)),
    `replays` UInt64 COMMENT 'Of the counted, replays.' CODEC(T64, ZSTD(1)),
    `time_ms` UInt64 COMMENT 'Milliseconds listened over all starts.' CODEC(T64, ZSTD(1)),
    `timed` UInt64 COMMENT 'Counted plays that give a duration.' CODEC(T64, ZSTD(1)),
    `played_ms` UInt64 COMMENT 'Milliseconds of those.' CODEC(T64, ZSTD(1)),
    `completed` UInt64 COMMENT 'Counted plays whose completion is known.' CODEC(T64, ZSTD(1)),
    `completion_pm` UInt64 COMMENT 'Sum of their completion, per mille.' CODEC(T64, ZSTD(1)),
    `likes` UInt64 COMMENT 'Likes.' CODEC(T64, ZSTD(1)),
    `unlikes` UInt64 COMMENT 'Likes taken back.' CODEC(T64, ZSTD(1)),
    `saves` UInt64 COMMENT 'Saves.' CODEC(T64, ZSTD(1)),
    `unsaves` UInt64 COMMENT 'Saves taken back.' CODEC(T64, ZSTD(1)),
    `shares` UInt64 COMMENT 'Shares.' CODEC(T64, ZSTD(1)),
    `downloads` UInt64 COMMENT 'Downloads.' CODEC(T64, ZSTD(1)),
    `comments` UInt64 COMMENT 'Comments.' CODEC(T64, ZSTD(1)),
    `follows` UInt64 COMMENT 'Follows.' CODEC(T64, ZSTD(1)),
    `rates` UInt64 COMMENT 'Ratings.' CODEC(T64, ZSTD(1)),
    `creates` UInt64 COMMENT 'Contents made.' CODEC(T64, ZSTD(1)),
    `exports` UInt64 COMMENT 'Exports.' CODEC(T64, ZSTD(1)),
    `reactions` UInt64 COMMENT 'Reactions.' CODEC(T64, ZSTD(1)),
    `upgrades` UInt64 COMMENT 'Upgrades of a subscription.' CODEC(T64, ZSTD(1)),
    `unfollows` UInt64 COMMENT 'Follows taken back.' CODEC(T64, ZSTD(1)),
    `by_source` Map(String, UInt64) COMMENT 'Counted plays by source.' CODEC(ZSTD(1)),
    `by_platform` Map(String, UInt64) COMMENT 'Counted plays by platform.' CODEC(ZSTD(1)),
    `by_country` Map(String, UInt64) COMMENT 'Counted plays by country.' CODEC(ZSTD(1)),
    `by_device` Map(String, UInt64) COMMENT 'Counted plays by device.' CODEC(ZSTD(1)),
    `shares_by_platform` Map(String, UInt64) COMMENT 'Shares by platform.' CODEC(ZSTD(1)),
    `listeners` AggregateFunction(uniqCombined64, UInt64) COMMENT 'Sketch of the persons of all that counts. Read it with uniqCombined64Merge.' CODEC(ZSTD(1)),
    `sessions` AggregateFunction(uniqCombined64, UInt64) COMMENT 'Sketch of the sessions of counted plays.' CODEC(ZSTD(1)),
    `users` AggregateFunction(uniqCombined64, UInt64) COMMENT 'Sketch of the signed-in persons of counted plays.' CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(version)
PARTITION BY toYear(at)
ORDER BY (shard, contentId, at)
SETTINGS index_granularity = 8192
COMMENT 'Internal: the quarter hours of rollup once more, by content.';

CREATE TABLE streakline.content_stops
(
    `shard` UInt8 COMMENT 'Part of the stream.' CODEC(ZSTD(1)),
    `contentId` String COMMENT 'The content.' CODEC(ZSTD(1)),
    `at` DateTime('UTC') COMMENT 'The quarter hour, UTC.' CODEC(Delta(4), ZSTD(1)),
    `version` UInt64 COMMENT 'The greatest stands.' CODEC(ZSTD(1)),
    `known` UInt64 COMMENT 'Starts that say where they stopped: by position, else by duration.' CODEC(T64, ZSTD(1)),
    `stopped` Array(UInt64) COMMENT 'Of those, how many had stopped before 30, 60, 120, 180, 300, 600, 1200, 1800 and 3600 s.' CODEC(ZSTD(1)),
    `length` UInt32 COMMENT 'The greatest length of the content in ms that a start gives, 0 if none does.' CODEC(T64, ZSTD(1))
)
ENGINE = ReplacingMergeTree(version)
PARTITION BY toYear(at)
ORDER BY (shard, contentId, at)
SETTINGS index_granularity = 8192
COMMENT 'Internal: where starts stopped, by content and closed quarter hour.';

CREATE TABLE streakline.creator_contents
(
    `creatorId` String COMMENT 'The creator.' CODEC(ZSTD(1)),
    `contentId` String COMMENT 'A content that was his at some time.' CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree
ORDER BY (creatorId, contentId)
SETTINGS index_granularity = 8192
COMMENT 'Internal: contents that facts ever said to be of a creator.';

CREATE TABLE streakline.events
(
    `ts` DateTime64(3, 'UTC') COMMENT 'When it happened, UTC. Of a play: when it began.' CODEC(Delta(8), ZSTD(1)),
    `shard` UInt8 COMMENT 'Internal: the part of the stream that carried it.' CODEC(ZSTD(1)),
    `contentId` String COMMENT 'The content, empty where there is none (follow).' CODEC(ZSTD(1)),
    `id` String COMMENT 'Of the event. Of a play its playId if it has one. Unique with contentId and ts.' CODEC(ZSTD(1)),
    `version` UInt128 COMMENT 'Internal: which report of a play stands. 128 bits, which few tools load.' CODEC(ZSTD(1)),
    `at` DateTime64(3, 'UTC') COMMENT 'Timestamp of the report that stands, UTC.' CODEC(Delta(8), ZSTD(1)),
    `kind` UInt8 COMMENT 'Number of the type: 1 to 3 plays, 4 like, 5 unlike, 6 save, 7 unsave, 8 share, 9 download, 10 comment, 11 follow, 12 rate, 13 create, 14 export, 15 reaction, 16 upgrade, 24 unfollow. Others are not counted.' CODEC(ZSTD(1)),
    `type` LowCardinality(String) COMMENT 'Type as it was sent.' CODEC(ZSTD(1)),
    `contentType` LowCardinality(String) COMMENT 'Type of the content: track, mashup, episode and others.' CODEC(ZSTD(1)),
    `parentId` String COMMENT 'What the content belongs to: an album, a show.' CODEC(ZSTD(1)),
    `creatorId` String COMMENT 'Who made the content. Of a follow, who is followed.' CODEC(ZSTD(1)),
    `userId` String COMMENT 'The person, empty if not signed in.' CODEC(ZSTD(1)),
    `anonymousId` String COMMENT 'The person without an account.' CODEC(ZSTD(1)),
    `sessionId` String COMMENT 'The session, empty if none was sent.' CODEC(ZSTD(1)),
    `listener64` UInt64 COMMENT 'Seeded hash of the person: userId, else anonymousId, else sessionId. Unsigned 64 bits, which JavaScript rounds.' CODEC(ZSTD(1)),
    `source` LowCardinality(String) COMMENT 'Where it came from, as counted: empty, the value, or other.' CODEC(ZSTD(1)),
    `platform` LowCardinality(String) COMMENT 'Platform as counted. Of a share, where to.' CODEC(ZSTD(1)),
    `country` LowCardinality(String) COMMENT 'Country, two letters, empty if unknown.' CODEC(ZSTD(1)),
    `device` LowCardinality(String) COMMENT 'Kind of device.' CODEC(ZSTD(1)),
    `sent` Map(LowCardinality(String), String) COMMENT 'What was sent where it counts as other: name to value.' CODEC(ZSTD(1)),
    `browser` LowCardinality(String) COMMENT 'Browser, from the user agent.' CODEC(ZSTD(1)),
    `os` LowCardinality(String) COMMENT 'Operating system, from the user agent.' CODEC(ZSTD(1)),
    `tz` LowCardinality(String) COMMENT 'IANA zone of the person, empty if unknown.' CODEC(ZSTD(1)),
    `offset` Int16 COMMENT 'Quarter hours that the zone was ahead of UTC then. 32767: unknown.' CODEC(ZSTD(1)),
    `playlistId` String COMMENT 'The playlist it was played or saved from.' CODEC(ZSTD(1)),
    `referrer` String COMMENT 'The page that led here.' CODEC(ZSTD(1)),
    `userAgent` String COMMENT 'User agent as sent.' CODEC(ZSTD(1)),
    `botReason` LowCardinality(String) COMMENT 'Why it is held to be a robot\'s. Empty if it is not.' CODEC(ZSTD(1)),
    `genre` LowCardinality(String) COMMENT 'Genre as sent.' CODEC(ZSTD(1)),
    `title` String COMMENT 'Title as sent.' CODEC(ZSTD(1)),
    `position` Nullable(Float64) COMMENT 'Seconds into the content where the listener stopped. Null if unknown.' CODEC(ZSTD(1)),
    `duration` UInt32 COMMENT 'Milliseconds played. 0 also if unknown, see timed.' CODEC(ZSTD(1)),
    `length` UInt32 COMMENT 'Milliseconds the content lasts. 0: unknown.' CODEC(ZSTD(1)),
    `completion` UInt16 COMMENT 'Per mille of the content that was reached. 65535: unknown.' CODEC(ZSTD(1)),
    `profile` UInt8 COMMENT 'Internal: code of the rule that decided what counts.' CODEC(ZSTD(1)),
    `bot` Bool COMMENT 'Sent by a robot: a row, and never counted.' CODEC(ZSTD(1)),
    `timed` Bool COMMENT 'The play gives a duration.' CODEC(ZSTD(1)),
    `counted` Bool COMMENT 'The play counts by the rule.' CODEC(ZSTD(1)),
    `finished` Bool COMMENT 'The play reached the end by the rule.' CODEC(ZSTD(1)),
    `replayed` Bool COMMENT 'The play was a replay.' CODEC(ZSTD(1)),
    `ended` Bool COMMENT 'The player said that the play ended.' CODEC(ZSTD(1)),
    `properties` String COMMENT 'Free properties, a flat JSON object. Empty for none.' CODEC(ZSTD(1)),
    `bucket` DateTime('UTC') ALIAS toStartOfFifteenMinutes(ts) COMMENT 'The quarter hour of ts.',
    `entry` UInt64 ALIAS 18446744073709551615 - toUInt64(bitAnd(version, 18446744073709551615)) COMMENT 'Internal: position in the stream.',
    `accepted` DateTime64(3, 'UTC') ALIAS fromUnixTimestamp64Milli(toInt64(bitShiftRight(entry, 22)), 'UTC') COMMENT 'When it was accepted, UTC.',
    `countable` Bool ALIAS (NOT bot) AND ((kind <= 16) OR (kind = 24)) COMMENT 'Counted anywhere: not a robot\'s and of a counted type.',
    INDEX ts_range ts TYPE minmax GRANULARITY 1
)
ENGINE = ReplacingMergeTree(version)
PARTITION BY toYear(ts)
ORDER BY (toStartOfFifteenMinutes(ts), shard, contentId, ts, id)
SETTINGS index_granularity = 8192
COMMENT 'Every accepted event, robots too, as stored: a play that was reported again is several rows until parts merge, so read it with FINAL (the analyst does by default). event_log is the same in units and types that tools load.';

CREATE TABLE streakline.facts
(
    `subject` LowCardinality(String) COMMENT 'content or creator.',
    `id` String COMMENT 'Of the content or creator.',
    `fact` LowCardinality(String) COMMENT 'Which fact.',
    `value` String COMMENT 'Its value as text.',
    `version` UInt64 COMMENT 'The greatest stands: position in the stream, + 2^63 if it was stated.'
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (subject, id, fact)
SETTINGS index_granularity = 8192
COMMENT 'Internal: the catalogue, one fact a row. Read content and creators instead.';

CREATE TABLE streakline.follow_quarters
(
    `subject` LowCardinality(String) COMMENT 'creator, or user.',
    `id` String COMMENT 'Who is followed, or who follows.' CODEC(ZSTD(1)),
    `at` DateTime('UTC') COMMENT 'First moment of the quarter hour, UTC.' CODEC(Delta(4), ZSTD(1)),
    `shard` UInt8 COMMENT 'Part of the stream.' CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree
ORDER BY (subject, id, at, shard)
SETTINGS index_granularity = 8192
COMMENT 'Internal: quarter hours that have follows of a creator or of a person.';

CREATE TABLE streakline.observations
(
    `owner` String COMMENT 'The person whose account it is.' CODEC(ZSTD(1)),
    `platform` LowCardinality(String) COMMENT 'youtube, tiktok, instagram or twitter.' CODEC(ZSTD(1)),
    `account` String COMMENT 'The account by the platform\'s own id, empty where only a content is named.' CODEC(ZSTD(1)),
    `post` String COMMENT 'The post by the platform\'s own id, empty for a number of the account itself.' CODEC(ZSTD(1)),
    `name` LowCardinality(String) COMMENT 'Name of the number.' CODEC(ZSTD(1)),
    `currency` LowCardinality(String) COMMENT 'Of money its ISO 4217 code, empty for others.' CODEC(ZSTD(1)),
    `observedAt` DateTime64(3, 'UTC') COMMENT 'The moment that the number is of.' CODEC(Delta(8), ZSTD(1)),
    `contentId` String COMMENT 'The content in the catalogue, empty for a number of the account itself.' CODEC(ZSTD(1)),
    `id` String COMMENT 'Id of the event.' CODEC(ZSTD(1)),
    `value` Float64 COMMENT 'The number: whole, seconds, per cent or money.' CODEC(ZSTD(1)),
    `fetchedAt` DateTime64(3, 'UTC') COMMENT 'When it was fetched, 1970 if nobody says.' CODEC(Delta(8), ZSTD(1)),
    `surface` LowCardinality(String) COMMENT 'The interface that told it.' CODEC(ZSTD(1)),
    `api` LowCardinality(String) COMMENT 'The version of that interface.' CODEC(ZSTD(1)),
    `earliness` UInt64 COMMENT 'The greater, the earlier it was accepted.' CODEC(Delta(8), ZSTD(1)),
    `accepted` DateTime64(3, 'UTC') ALIAS fromUnixTimestamp64Milli(toInt64(bitShiftRight(18446744073709551615 - earliness, 22)), 'UTC') COMMENT 'When it was accepted.'
)
ENGINE = ReplacingMergeTree(earliness)
ORDER BY (owner, platform, account, post, name, currency, observedAt, contentId, id)
SETTINGS index_granularity = 8192
COMMENT 'Internal: what other platforms measured, by owner.';

CREATE TABLE streakline.person_history
(
    `at` DateTime('UTC') COMMENT 'The quarter hour, UTC.' CODEC(Delta(4), ZSTD(1)),
    `shard` UInt8 COMMENT 'Part of the stream.' CODEC(ZSTD(1)),
    `contentId` String COMMENT 'The content.' CODEC(ZSTD(1)),
    `userId` String COMMENT 'The person.' CODEC(ZSTD(1)),
    `offset` Int16 COMMENT 'Zone of the plays in quarter hours east of UTC, 32767 where they name none.' CODEC(ZSTD(1)),
    `platform` LowCardinality(String) COMMENT 'Platform of the plays, empty where they name none.' CODEC(ZSTD(1)),
    `version` UInt64 COMMENT 'The greatest stands.' CODEC(ZSTD(1)),
    `starts` UInt64 COMMENT 'Plays begun.' CODEC(T64, ZSTD(1)),
    `plays` UInt64 COMMENT 'Plays that count.' CODEC(T64, ZSTD(1)),
    `finished` UInt64 COMMENT 'Of the counted, finished.' CODEC(T64, ZSTD(1)),
    `time_ms` UInt64 COMMENT 'Milliseconds listened over all starts.' CODEC(T64, ZSTD(1)),
    `timed` UInt64 COMMENT 'Counted plays that give a duration.' CODEC(T64, ZSTD(1)),
    `first` DateTime64(3, 'UTC') COMMENT 'When the first counted play began, 1970 if none did.' CODEC(Delta(8), ZSTD(1)),
    `last` DateTime64(3, 'UTC') COMMENT 'When the last counted play began, 1970 if none did.' CODEC(Delta(8), ZSTD(1)),
    `done` DateTime64(3, 'UTC') COMMENT 'When the first finished play began, 1970 if none did.' CODEC(Delta(8), ZSTD(1)),
    `rated` DateTime64(3, 'UTC') COMMENT 'When the content was rated last, 1970 if it was not.' CODEC(Delta(8), ZSTD(1)),
    `rating` UInt16 COMMENT 'That rating from 0 to 10, in hundredths, 0 if there is none.' CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (userId, at, contentId, shard, offset, platform)
SETTINGS index_granularity = 8192
COMMENT 'Internal: plays by person, closed quarter hour and content.';

CREATE TABLE streakline.person_ids
(
    `listener64` UInt64 COMMENT 'Seeded hash of the userId.' CODEC(ZSTD(1)),
    `userId` String COMMENT 'The person.' CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree
ORDER BY (listener64, userId)
SETTINGS index_granularity = 256
COMMENT 'Internal: ids of persons by their hashes.';

CREATE TABLE streakline.person_quarters
(
    `at` DateTime('UTC') COMMENT 'The quarter hour, UTC.' CODEC(Delta(4), ZSTD(1)),
    `shard` UInt8 COMMENT 'Part of the stream.' CODEC(ZSTD(1)),
    `contentId` String COMMENT 'The content.' CODEC(ZSTD(1)),
    `userId` String COMMENT 'The person.' CODEC(ZSTD(1)),
    `offset` Int16 COMMENT 'Zone of the plays in quarter hours east of UTC, 32767 where they name none.' CODEC(ZSTD(1)),
    `platform` LowCardinality(String) COMMENT 'Platform of the plays, empty where they name none.' CODEC(ZSTD(1)),
    `version` UInt64 COMMENT 'The greatest stands.' CODEC(ZSTD(1)),
    `starts` UInt64 COMMENT 'Plays begun.' CODEC(T64, ZSTD(1)),
    `plays` UInt64 COMMENT 'Plays that count.' CODEC(T64, ZSTD(1)),
    `finished` UInt64 COMMENT 'Of the counted, finished.' CODEC(T64, ZSTD(1)),
    `time_ms` UInt64 COMMENT 'Milliseconds listened over all starts.' CODEC(T64, ZSTD(1)),
    `timed` UInt64 COMMENT 'Counted plays that give a duration.' CODEC(T64, ZSTD(1)),
    `first` DateTime64(3, 'UTC') COMMENT 'When the first counted play began, 1970 if none did.' CODEC(Delta(8), ZSTD(1)),
    `last` DateTime64(3, 'UTC') COMMENT 'When the last counted play began, 1970 if none did.' CODEC(Delta(8), ZSTD(1)),
    `done` DateTime64(3, 'UTC') COMMENT 'When the first finished play began, 1970 if none did.' CODEC(Delta(8), ZSTD(1)),
    `rated` DateTime64(3, 'UTC') COMMENT 'When the content was rated last, 1970 if it was not.' CODEC(Delta(8), ZSTD(1)),
    `rating` UInt16 COMMENT 'That rating from 0 to 10, in hundredths, 0 if there is none.' CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (at, shard, contentId, userId, offset, platform)
SETTINGS index_granularity = 8192
COMMENT 'Internal: plays of persons by closed quarter hour and content.';

CREATE TABLE streakline.personal_events
(
    `userId` String COMMENT 'The person.' CODEC(ZSTD(1)),
    `kind` UInt8 COMMENT '17 freeze, 18 pause, 19 repair, 20 settings.' CODEC(ZSTD(1)),
    `id` String COMMENT 'Id of the event.' CODEC(ZSTD(1)),
    `at` DateTime64(3, 'UTC') COMMENT 'Its timestamp.' CODEC(Delta(8), ZSTD(1)),
    `properties` String COMMENT 'Its fields as a JSON object, empty for none.' CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree
ORDER BY (userId, kind, id, at, properties)
SETTINGS index_granularity = 8192
COMMENT 'Internal: freezes, pauses, repairs and settings by person.';

CREATE TABLE streakline.recount_keys
(
    `run` UInt64 COMMENT 'The recount.',
    `at` DateTime('UTC') COMMENT 'Quarter hour, UTC.',
    `contentId` String COMMENT 'The content.',
    `made` DateTime('UTC') DEFAULT now() COMMENT 'When the row was written, UTC.'
)
ENGINE = MergeTree
ORDER BY (run, at, contentId)
TTL made + toIntervalDay(1)
SETTINGS index_granularity = 8192
COMMENT 'Internal: keys of a recount that is under way.';

CREATE TABLE streakline.recounts
(
    `grain` Enum8('quarter' = 1, 'day' = 2) COMMENT 'Quarter hour or UTC day.',
    `at` DateTime('UTC') COMMENT 'Its first moment, UTC.',
    `shard` UInt8 COMMENT 'Part of the stream.',
    `contentId` String COMMENT 'The content.',
    `version` UInt64 COMMENT 'The greatest stands. From 2^63 up: recounted from events.',
    `contentType` LowCardinality(String) COMMENT 'Type of the content.',
    `differs` Bool COMMENT 'This recount found another value than the provisional row.',
    `events` UInt64 COMMENT 'All that counts, without robots.',
    `starts` UInt64 COMMENT 'Plays begun.',
    `plays` UInt64 COMMENT 'Plays that count.',
    `finished` UInt64 COMMENT 'Of the counted, finished.',
    `replays` UInt64 COMMENT 'Of the counted, replays.',
    `time_ms` UInt64 COMMENT 'Milliseconds listened over all starts.',
    `timed` UInt64 COMMENT 'Counted plays that give a duration.',
    `played_ms` UInt64 COMMENT 'Milliseconds of those.',
    `completed` UInt64 COMMENT 'Counted plays whose completion is known.',
    `completion_pm` UInt64 COMMENT 'Sum of their completion, per mille.',
    `likes` UInt64 COMMENT 'Likes.',
    `unlikes` UInt64 COMMENT 'Likes taken back.',
    `saves` UInt64 COMMENT 'Saves.',
    `unsaves` UInt64 COMMENT 'Saves taken back.',
    `shares` UInt64 COMMENT 'Shares.',
    `downloads` UInt64 COMMENT 'Downloads.',
    `comments` UInt64 COMMENT 'Comments.',
    `follows` UInt64 COMMENT 'Follows.',
    `rates` UInt64 COMMENT 'Ratings.',
    `creates` UInt64 COMMENT 'Contents made.',
    `exports` UInt64 COMMENT 'Exports.',
    `reactions` UInt64 COMMENT 'Reactions.',
    `upgrades` UInt64 COMMENT 'Upgrades of a subscription.',
    `unfollows` UInt64 COMMENT 'Follows taken back.',
    `by_source` Map(String, UInt64) COMMENT 'Counted plays by source.',
    `by_platform` Map(String, UInt64) COMMENT 'Counted plays by platform.',
    `by_country` Map(String, UInt64) COMMENT 'Counted plays by country.',
    `by_device` Map(String, UInt64) COMMENT 'Counted plays by device.',
    `shares_by_platform` Map(String, UInt64) COMMENT 'Shares by platform.',
    `listeners` AggregateFunction(uniqCombined64, UInt64) COMMENT 'Sketch of the persons of all that counts. Read it with uniqCombined64Merge.',
    `sessions` AggregateFunction(uniqCombined64, UInt64) COMMENT 'Sketch of the sessions of counted plays.',
    `users` AggregateFunction(uniqCombined64, UInt64) COMMENT 'Sketch of the signed-in persons of counted plays.',
    `known` UInt64 COMMENT 'Starts that say where they stopped.',
    `stopped` Array(UInt64) COMMENT 'Of those, how many had stopped before 30, 60, 120, 180, 300, 600, 1200, 1800 and 3600 s. Empty if none ever began.',
    `length` UInt32 COMMENT 'The greatest length of the content in ms that one of those gives, 0 if none does.'
)
ENGINE = `Null`
COMMENT 'Internal: keeps nothing. A recount is written here, for rollup and content_stops.';

CREATE TABLE streakline.rollup
(
    `grain` Enum8('quarter' = 1, 'day' = 2) COMMENT 'Quarter hour or UTC day.',
    `at` DateTime('UTC') COMMENT 'Its first moment, UTC.' CODEC(Delta(4), ZSTD(1)),
    `shard` UInt8 COMMENT 'Part of the stream.' CODEC(ZSTD(1)),
    `contentId` String COMMENT 'The content.' CODEC(ZSTD(1)),
    `version` UInt64 COMMENT 'The greatest stands. From 2^63 up: recounted from events.' CODEC(ZSTD(1)),
    `contentType` LowCardinality(String) COMMENT 'Type of the content.' CODEC(ZSTD(1)),
    `differs` Bool COMMENT 'This recount found another value than the provisional row.' CODEC(ZSTD(1)),
    `events` UInt64 COMMENT 'All that counts, without robots.' CODEC(T64, ZSTD(1)),
    `starts` UInt64 COMMENT 'Plays begun.' CODEC(T64, ZSTD(1)),
    `plays` UInt64 COMMENT 'Plays that count.' CODEC(T64, ZSTD(1)),
    `finished` UInt64 COMMENT 'Of the counted, finished.' CODEC(T64, ZSTD(1)),
    `replays` UInt64 COMMENT 'Of the counted, replays.' CODEC(T64, ZSTD(1)),
    `time_ms` UInt64 COMMENT 'Milliseconds listened over all starts.' CODEC(T64, ZSTD(1)),
    `timed` UInt64 COMMENT 'Counted plays that give a duration.' CODEC(T64, ZSTD(1)),
    `played_ms` UInt64 COMMENT 'Milliseconds of those.' CODEC(T64, ZSTD(1)),
    `completed` UInt64 COMMENT 'Counted plays whose completion is known.' CODEC(T64, ZSTD(1)),
    `completion_pm` UInt64 COMMENT 'Sum of their completion, per mille.' CODEC(T64, ZSTD(1)),
    `likes` UInt64 COMMENT 'Likes.' CODEC(T64, ZSTD(1)),
    `unlikes` UInt64 COMMENT 'Likes taken back.' CODEC(T64, ZSTD(1)),
    `saves` UInt64 COMMENT 'Saves.' CODEC(T64, ZSTD(1)),
    `unsaves` UInt64 COMMENT 'Saves taken back.' CODEC(T64, ZSTD(1)),
    `shares` UInt64 COMMENT 'Shares.' CODEC(T64, ZSTD(1)),
    `downloads` UInt64 COMMENT 'Downloads.' CODEC(T64, ZSTD(1)),
    `comments` UInt64 COMMENT 'Comments.' CODEC(T64, ZSTD(1)),
    `follows` UInt64 COMMENT 'Follows.' CODEC(T64, ZSTD(1)),
    `rates` UInt64 COMMENT 'Ratings.' CODEC(T64, ZSTD(1)),
    `creates` UInt64 COMMENT 'Contents made.' CODEC(T64, ZSTD(1)),
    `exports` UInt64 COMMENT 'Exports.' CODEC(T64, ZSTD(1)),
    `reactions` UInt64 COMMENT 'Reactions.' CODEC(T64, ZSTD(1)),
    `upgrades` UInt64 COMMENT 'Upgrades of a subscription.' CODEC(T64, ZSTD(1)),
    `unfollows` UInt64 COMMENT 'Follows taken back.' CODEC(T64, ZSTD(1)),
    `by_source` Map(String, UInt64) COMMENT 'Counted plays by source.' CODEC(ZSTD(1)),
    `by_platform` Map(String, UInt64) COMMENT 'Counted plays by platform.' CODEC(ZSTD(1)),
    `by_country` Map(String, UInt64) COMMENT 'Counted plays by country.' CODEC(ZSTD(1)),
    `by_device` Map(String, UInt64) COMMENT 'Counted plays by device.' CODEC(ZSTD(1)),
    `shares_by_platform` Map(String, UInt64) COMMENT 'Shares by platform.' CODEC(ZSTD(1)),
    `listeners` AggregateFunction(uniqCombined64, UInt64) COMMENT 'Sketch of the persons of all that counts. Read it with uniqCombined64Merge.' CODEC(ZSTD(1)),
    `sessions` AggregateFunction(uniqCombined64, UInt64) COMMENT 'Sketch of the sessions of counted plays.' CODEC(ZSTD(1)),
    `users` AggregateFunction(uniqCombined64, UInt64) COMMENT 'Sketch of the signed-in persons of counted plays.' CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(version)
PARTITION BY toYear(at)
ORDER BY (grain, at, shard, contentId)
SETTINGS index_granularity = 8192
COMMENT 'Internal: counts per content of quarter hours and UTC days, several versions of a row until parts merge. Read the views of statistics instead.';

CREATE TABLE streakline.site_counts
(
    `grain` Enum8('quarter' = 1, 'day' = 2) COMMENT 'Quarter hour or UTC day.' CODEC(ZSTD(1)),
    `at` DateTime('UTC') COMMENT 'Its first moment, UTC.' CODEC(Delta(4), ZSTD(1)),
    `shard` UInt8 COMMENT 'Part of the stream.' CODEC(ZSTD(1)),
    `version` UInt128 COMMENT 'The greatest stands: the sum of the versions of the rows that it adds up.' CODEC(ZSTD(1)),
    `events` UInt64 COMMENT 'All that counts, without robots.' CODEC(T64, ZSTD(1)),
    `starts` UInt64 COMMENT 'Plays begun.' CODEC(T64, ZSTD(1)),
    `plays` UInt64 COMMENT 'Plays that count.' CODEC(T64, ZSTD(1)),
    `finished` UInt64 COMMENT 'Of the counted, finished.' CODEC(T64, ZSTD(1)),
    `replays` UInt64 COMMENT 'Of the counted, replays.' CODEC(T64, ZSTD(1)),
    `time_ms` UInt64 COMMENT 'Milliseconds listened over all starts.' CODEC(T64, ZSTD(1)),
    `timed` UInt64 COMMENT 'Counted plays that give a duration.' CODEC(T64, ZSTD(1)),
    `played_ms` UInt64 COMMENT 'Milliseconds of those.' CODEC(T64, ZSTD(1)),
    `completed` UInt64 COMMENT 'Counted plays whose completion is known.' CODEC(T64, ZSTD(1)),
    `completion_pm` UInt64 COMMENT 'Sum of their completion, per mille.' CODEC(T64, ZSTD(1)),
    `likes` UInt64 COMMENT 'Likes.' CODEC(T64, ZSTD(1)),
    `unlikes` UInt64 COMMENT 'Likes taken back.' CODEC(T64, ZSTD(1)),
    `saves` UInt64 COMMENT 'Saves.' CODEC(T64, ZSTD(1)),
    `unsaves` UInt64 COMMENT 'Saves taken back.' CODEC(T64, ZSTD(1)),
    `shares` UInt64 COMMENT 'Shares.' CODEC(T64, ZSTD(1)),
    `downloads` UInt64 COMMENT 'Downloads.' CODEC(T64, ZSTD(1)),
    `comments` UInt64 COMMENT 'Comments.' CODEC(T64, ZSTD(1)),
    `follows` UInt64 COMMENT 'Follows.' CODEC(T64, ZSTD(1)),
    `rates` UInt64 COMMENT 'Ratings.' CODEC(T64, ZSTD(1)),
    `creates` UInt64 COMMENT 'Contents made.' CODEC(T64, ZSTD(1)),
    `exports` UInt64 COMMENT 'Exports.' CODEC(T64, ZSTD(1)),
    `reactions` UInt64 COMMENT 'Reactions.' CODEC(T64, ZSTD(1)),
    `upgrades` UInt64 COMMENT 'Upgrades of a subscription.' CODEC(T64, ZSTD(1)),
    `unfollows` UInt64 COMMENT 'Follows taken back.' CODEC(T64, ZSTD(1)),
    `by_source` Map(String, UInt64) COMMENT 'Counted plays by source.' CODEC(ZSTD(1)),
    `by_platform` Map(String, UInt64) COMMENT 'Counted plays by platform.' CODEC(ZSTD(1)),
    `by_country` Map(String, UInt64) COMMENT 'Counted plays by country.' CODEC(ZSTD(1)),
    `by_device` Map(String, UInt64) COMMENT 'Counted plays by device.' CODEC(ZSTD(1)),
    `shares_by_platform` Map(String, UInt64) COMMENT 'Shares by platform.' CODEC(ZSTD(1)),
    `listeners` AggregateFunction(uniqCombined64, UInt64) COMMENT 'Sketch of the persons of all that counts. Read it with uniqCombined64Merge.' CODEC(ZSTD(1)),
    `sessions` AggregateFunction(uniqCombined64, UInt64) COMMENT 'Sketch of the sessions of counted plays.' CODEC(ZSTD(1)),
    `users` AggregateFunction(uniqCombined64, UInt64) COMMENT 'Sketch of the signed-in persons of counted plays.' CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (grain, at, shard)
SETTINGS index_granularity = 8192
COMMENT 'Internal: the closed quarter hours and days of rollup, added up over all contents of a shard.';

CREATE VIEW streakline.analytics
(
    `id` String COMMENT 'Of the row: a UUID that is the same whenever it is read.',
    `user_id` String COMMENT 'The person whose account it is.',
    `content_id` String COMMENT 'The content in the catalogue.',
    `platform` LowCardinality(String) COMMENT 'youtube, tiktok, instagram or twitter.',
    `platform_post_id` String COMMENT 'The post by the platform\'s own id.',
    `metric_type` LowCardinality(String) COMMENT 'views, likes, shares, comments, saves or clicks.',
    `metric_value` Int64 COMMENT 'The number: a total from the beginning.',
    `recorded_at` DateTime64(3, 'UTC') COMMENT 'The moment that the number is of, UTC.',
    `created_at` DateTime64(3, 'UTC') COMMENT 'When it was accepted, UTC.'
)
DEFINER = streakline SQL SECURITY DEFINER
COMMENT 'Numbers of posts on other platforms, every observation that stands. Totals: do not add up the rows of one post.'
AS WITH
    name -> SHA1(concat(unhex('ac97b48fe32958569e8a002e73c8f695'), name)) AS hash,
    (digest -> lower(concat(hex(substring(digest, 1, 4)), '-', hex(substring(digest, 5, 2)), '-5', substring(hex(substring(digest, 7, 2)), 2, 3), '-', hex(bitOr(bitAnd(reinterpretAsUInt8(substring(digest, 9, 1)), 63), 128)), hex(substring(digest, 10, 1)), '-', hex(substring(digest, 11, 6))))) AS guid
SELECT
    guid(hash(concat('analytics:', owner, '\0', platform, '\0', account, '\0', post, '\0', name, '\0', toString(toUnixTimestamp64Milli(observedAt))))) AS id,
    owner AS user_id,
    contentId AS content_id,
    platform,
    post AS platform_post_id,
    name AS metric_type,
    toInt64(value) AS metric_value,
    observedAt AS recorded_at,
    accepted AS created_at
FROM streakline.standing_observations
WHERE (post != '') AND (name IN ('views', 'likes', 'shares', 'comments', 'saves', 'clicks'));

CREATE VIEW streakline.analytics_events
(
    `id` String COMMENT 'Of the event. Of a play its playId if it has one.',
    `user_id` Nullable(String) COMMENT 'The person, null if not signed in.',
    `event_type` String COMMENT 'The dashboard\'s name of the type.',
    `properties` String COMMENT 'JSON object. Content_id, of a mashup mashup_id, names the content.',
    `timestamp` DateTime64(3, 'UTC') COMMENT 'When it happened, UTC. Of a play: when it began.',
    `session_id` String COMMENT 'The session, empty if none was sent.'
)
DEFINER = streakline SQL SECURITY DEFINER
COMMENT 'Every counted event once, under the dashboard\'s names.'
AS WITH
    if(contentType = 'mashup', 'mashup_id', 'content_id') AS key,
    substring(toJSONString(map(key, contentId)), 2, -1) AS named,
    concat(',', substring(properties, 2, length(properties) - 2)) AS sent_members,
    if(contentType = 'mashup', replaceRegexpOne(sent_members, ',"mashup_id":("(?:[^"\\\\]|\\\\.)*"|[^,]*)', ''), replaceRegexpOne(sent_members, ',"content_id":("(?:[^"\\\\]|\\\\.)*"|[^,]*)', '')) AS members
SELECT
    id,
    nullIf(userId, '') AS user_id,
    multiIf((contentType != 'mashup') AND (kind IN (1, 2, 3, 4, 8, 13, 14)), type, kind <= 3, 'mashup_played', kind = 4, 'mashup_liked', kind = 8, 'mashup_shared', kind = 13, 'mashup_created', kind = 14, 'mashup_exported', kind = 15, 'ai_reaction', kind = 11, 'user_followed', kind = 10, 'comment_posted', kind = 16, 'subscription_upgraded', kind = 5, 'unlike', kind = 7, 'unsave', kind = 24, 'unfollow', type) AS event_type,
    multiIf(contentId = '', if(events.properties = '', '{}', events.properties), (events.properties IN ('', '{}')), concat('{', named, '}'), concat('{', named, members, '}')) AS properties,
    ts AS timestamp,
    sessionId AS session_id
FROM streakline.events
FINAL
WHERE countable
SETTINGS do_not_merge_across_partitions_select_final = 1, optimize_move_to_prewhere_if_final = 1;

CREATE VIEW streakline.content
(
    `contentId` String COMMENT 'The content.',
    `title` String COMMENT 'Title, empty if unknown.',
    `contentType` String COMMENT 'track, mashup, episode and others.',
    `creatorId` String COMMENT 'Who made it.',
    `parentId` String COMMENT 'What it belongs to.',
    `genre` String COMMENT 'Genre.',
    `duration` UInt32 COMMENT 'Milliseconds it lasts. 0: unknown.',
    `createdAt` Nullable(DateTime64(3, 'UTC')) COMMENT 'When it was made, UTC. Null if unknown.'
)
DEFINER = streakline SQL SECURITY DEFINER
COMMENT 'What is known of each content: the newest fact of each kind. A stated one stands above one that came with a play.'
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
    `grain` Enum8('quarter' = 1, 'day' = 2) COMMENT 'Quarter hour or UTC day.',
    `at` DateTime('UTC') COMMENT 'Its first moment, UTC.',
    `shard` UInt8 COMMENT 'Part of the stream.',
    `contentId` String COMMENT 'The content.',
    `version` UInt64 COMMENT 'The greatest stands. From 2^63 up: recounted from events.',
    `contentType` LowCardinality(String) COMMENT 'Type of the content.',
    `differs` Bool COMMENT 'This recount found another value than the provisional row.',
    `events` UInt64 COMMENT 'All that counts, without robots.',
    `starts` UInt64 COMMENT 'Plays begun.',
    `plays` UInt64 COMMENT 'Plays that count.',
    `finished` UInt64 COMMENT 'Of the counted, finished.',
    `replays` UInt64 COMMENT 'Of the counted, replays.',
    `time_ms` UInt64 COMMENT 'Milliseconds listened over all starts.',
    `timed` UInt64 COMMENT 'Counted plays that give a duration.',
    `played_ms` UInt64 COMMENT 'Milliseconds of those.',
    `completed` UInt64 COMMENT 'Counted plays whose completion is known.',
    `completion_pm` UInt64 COMMENT 'Sum of their completion, per mille.',
    `likes` UInt64 COMMENT 'Likes.',
    `unlikes` UInt64 COMMENT 'Likes taken back.',
    `saves` UInt64 COMMENT 'Saves.',
    `unsaves` UInt64 COMMENT 'Saves taken back.',
    `shares` UInt64 COMMENT 'Shares.',
    `downloads` UInt64 COMMENT 'Downloads.',
    `comments` UInt64 COMMENT 'Comments.',
    `follows` UInt64 COMMENT 'Follows.',
    `rates` UInt64 COMMENT 'Ratings.',
    `creates` UInt64 COMMENT 'Contents made.',
    `exports` UInt64 COMMENT 'Exports.',
    `reactions` UInt64 COMMENT 'Reactions.',
    `upgrades` UInt64 COMMENT 'Upgrades of a subscription.',
    `unfollows` UInt64 COMMENT 'Follows taken back.',
    `by_source` Map(String, UInt64) COMMENT 'Counted plays by source.',
    `by_platform` Map(String, UInt64) COMMENT 'Counted plays by platform.',
    `by_country` Map(String, UInt64) COMMENT 'Counted plays by country.',
    `by_device` Map(String, UInt64) COMMENT 'Counted plays by device.',
    `shares_by_platform` Map(String, UInt64) COMMENT 'Shares by platform.',
    `listeners` AggregateFunction(uniqCombined64, UInt64) COMMENT 'Sketch of the persons of all that counts. Read it with uniqCombined64Merge.',
    `sessions` AggregateFunction(uniqCombined64, UInt64) COMMENT 'Sketch of the sessions of counted plays.',
    `users` AggregateFunction(uniqCombined64, UInt64) COMMENT 'Sketch of the signed-in persons of counted plays.'
)
COMMENT 'Internal: copies day rows of rollup to content_days.'
AS SELECT *
FROM streakline.rollup
WHERE grain = 'day';

CREATE MATERIALIZED VIEW streakline.content_names_mv TO streakline.content_names
(
    `contentId` String COMMENT 'The content.',
    `fact` LowCardinality(String) COMMENT 'title or type.',
    `title` String COMMENT 'Its title, empty for a type.',
    `folded` String COMMENT 'Title and id without case and accents.',
    `version` UInt64 COMMENT 'That of the fact.'
)
COMMENT 'Internal: copies titles and ids of facts to content_names.'
AS SELECT
    id AS contentId,
    fact,
    if(fact = 'title', value, '') AS title,
    removeDiacriticsUTF8(caseFoldUTF8(concat(title, '\n', id))) AS folded,
    version
FROM streakline.facts
WHERE (subject = 'content') AND (fact IN ('title', 'type'));

CREATE VIEW streakline.content_performance
(
    `id` String COMMENT 'Of the row: a UUID that is the same whenever it is read.',
    `content_id` String COMMENT 'The content in the catalogue.',
    `platform` LowCardinality(String) COMMENT 'youtube, tiktok, instagram or twitter.',
    `views` Nullable(Int64) COMMENT 'Views, null where the platform does not tell them. So are all that follow.',
    `likes` Nullable(Int64) COMMENT 'Likes.',
    `shares` Nullable(Int64) COMMENT 'Shares. Of a tweet retweets.',
    `comments` Nullable(Int64) COMMENT 'Comments. Of a tweet replies.',
    `saves` Nullable(Int64) COMMENT 'Saves.',
    `clicks` Nullable(Int64) COMMENT 'Clicks.',
    `reach` Nullable(Int64) COMMENT 'Different accounts that saw it.',
    `impressions` Nullable(Int64) COMMENT 'How often it was shown.',
    `engagement_rate` Nullable(Float64) COMMENT 'Likes, comments and shares to a hundred views, else to a hundred accounts reached, from 0 to 100.',
    `performance_score` Nullable(Float64) COMMENT 'From 0 to 100 among the account\'s own posts at the same age, null under ten others.',
    `last_updated_at` DateTime64(3, 'UTC') COMMENT 'When it was last observed, UTC.',
    `created_at` DateTime64(3, 'UTC') COMMENT 'When its first observation was accepted, UTC.',
    `user_id` String COMMENT 'The person whose account it is.',
    `account` String COMMENT 'The account by the platform\'s own id.'
)
DEFINER = streakline SQL SECURITY DEFINER
COMMENT 'Posts on other platforms as they stand, with engagement rate and score. Null is what a platform does not tell.'
AS WITH
    name -> SHA1(concat(unhex('ac97b48fe32958569e8a002e73c8f695'), name)) AS hash,
    (digest -> lower(concat(hex(substring(digest, 1, 4)), '-', hex(substring(digest, 5, 2)), '-5', substring(hex(substring(digest, 7, 2)), 2, 3), '-', hex(bitOr(bitAnd(reinterpretAsUInt8(substring(digest, 9, 1)), 63), 128)), hex(substring(digest, 10, 1)), '-', hex(substring(digest, 11, 6))))) AS guid,
    ((part, whole) -> if(whole > 0, floor(((part * 200) + whole) / (2 * whole)) / 100, NULL)) AS hundredths,
    ((liked, said, shared) -> if(isNull(liked) AND isNull(said) AND isNull(shared), NULL, (ifNull(liked, 0) + ifNull(said, 0)) + ifNull(shared, 0))) AS engagement,
    (found -> if(found > 100, 100, found)) AS cut,
    ((engaged, seen, reached) -> cut(hundredths(if(engaged < 0, 0, engaged) * 100, ifNull(seen, reached)))) AS rate,
    published AS
    (
        SELECT
            id AS content,
            argMax(assumeNotNull(moment), version) AS born
        FROM
        (
            SELECT
                id,
                version,
                if(match(value, '^[0-9]{1,15}$'), fromUnixTimestamp64Milli(toInt64OrZero(value), 'UTC'), parseDateTime64BestEffortOrNull(value, 3, 'UTC')) AS moment
            FROM streakline.facts
            WHERE (subject = 'content') AND (fact = 'created')
        )
        WHERE moment IS NOT NULL
        GROUP BY id
    ),
    aged AS
    (
        SELECT
            owner,
            platform,
            account,
            post,
            arrayFirstIndex(hours -> ((toUnixTimestamp64Milli(observedAt) - toUnixTimestamp64Milli(born)) <= (hours * 3600000)), [1, 6, 24, 72, 168, 720]) AS age,
            argMaxOrNullIf(value, observedAt, name = 'views') AS seen,
            rate(engagement(argMaxOrNullIf(value, observedAt, name = 'likes'), argMaxOrNullIf(value, observedAt, name = 'comments'), argMaxOrNullIf(value, observedAt, name = 'shares')), seen, argMaxOrNullIf(value, observedAt, name = 'reach')) AS rated
        FROM streakline.standing_observations
        INNER JOIN published ON contentId = content
        WHERE (post != '') AND (observedAt >= born)
        GROUP BY
            owner,
            platform,
            account,
            post,
            age
        HAVING (age > 0) AND isNotNull(seen)
    ),
    ranked AS
    (
        SELECT
            owner,
            platform,
            account,
            post,
            age,
            isNotNull(rated) AS is_rated,
            2 * (count() OVER (PARTITION BY owner, platform, account, age) - 1) AS of_views,
            ((2 * (rank() OVER (PARTITION BY owner, platform, account, age ORDER BY seen ASC) - 1)) + count() OVER (PARTITION BY owner, platform, account, age, seen)) - 1 AS by_views,
            2 * (count() OVER (PARTITION BY owner, platform, account, age, is_rated) - 1) AS of_rates,
            ((2 * (rank() OVER (PARTITION BY owner, platform, account, age, is_rated ORDER BY rated ASC) - 1)) + count() OVER (PARTITION BY owner, platform, account, age, is_rated, rated)) - 1 AS by_rates
        FROM aged
    ),
    scored AS
    (
        SELECT
            owner,
            platform,
            account,
            post,
            argMax((by_views, of_views, if(is_rated AND (of_rates >= 20), by_rates, by_views), if(is_rated AND (of_rates >= 20), of_rates, of_views)), age) AS ranks,
            if((ranks.2) < 20, NULL, hundredths(((60 * (ranks.1)) * (ranks.4)) + ((40 * (ranks.3)) * (ranks.2)), (ranks.2) * (ranks.4))) AS score
        FROM ranked
        GROUP BY
            owner,
            platform,
            account,
            post
    ),
    standing AS
    (
        SELECT
            owner,
            platform,
            account,
            post,
            any(contentId) AS content,
            max(observedAt) AS updated,
            min(accepted) AS created,
            argMaxOrNullIf(toInt64(value), observedAt, name = 'views') AS last_views,
            argMaxOrNullIf(toInt64(value), observedAt, name = 'likes') AS last_likes,
            argMaxOrNullIf(toInt64(value), observedAt, name = 'shares') AS last_shares,
            argMaxOrNullIf(toInt64(value), observedAt, name = 'comments') AS last_comments,
            argMaxOrNullIf(toInt64(value), observedAt, name = 'saves') AS last_saves,
            argMaxOrNullIf(toInt64(value), observedAt, name = 'clicks') AS last_clicks,
            argMaxOrNullIf(toInt64(value), observedAt, name = 'reach') AS last_reach,
            argMaxOrNullIf(toInt64(value), observedAt, name = 'impressions') AS last_impressions
        FROM streakline.standing_observations
        WHERE post != ''
        GROUP BY
            owner,
            platform,
            account,
            post
    )
SELECT
    guid(hash(concat('content_performance:', s.owner, '\0', s.platform, '\0', s.account, '\0', s.post))) AS id,
    s.content AS content_id,
    s.platform AS platform,
    s.last_views AS views,
    s.last_likes AS likes,
    s.last_shares AS shares,
    s.last_comments AS comments,
    s.last_saves AS saves,
    s.last_clicks AS clicks,
    s.last_reach AS reach,
    s.last_impressions AS impressions,
    rate(engagement(s.last_likes, s.last_comments, s.last_shares), s.last_views, s.last_reach) AS engagement_rate,
    if(r.post = '', NULL, r.score) AS performance_score,
    s.updated AS last_updated_at,
    s.created AS created_at,
    s.owner AS user_id,
    s.account AS account
FROM standing AS s
LEFT JOIN scored AS r ON (s.owner = r.owner) AND (s.platform = r.platform) AND (s.account = r.account) AND (s.post = r.post);

CREATE MATERIALIZED VIEW streakline.content_quarters_mv TO streakline.content_quarters
(
    `grain` Enum8('quarter' = 1, 'day' = 2) COMMENT 'Quarter hour or UTC day.',
    `at` DateTime('UTC') COMMENT 'Its first moment, UTC.',
    `shard` UInt8 COMMENT 'Part of the stream.',
    `contentId` String COMMENT 'The content.',
    `version` UInt64 COMMENT 'The greatest stands. From 2^63 up: recounted from events.',
    `contentType` LowCardinality(String) COMMENT 'Type of the content.',
    `differs` Bool COMMENT 'This recount found another value than the provisional row.',
    `events` UInt64 COMMENT 'All that counts, without robots.',
    `starts` UInt64 COMMENT 'Plays begun.',
    `plays` UInt64 COMMENT 'Plays that count.',
    `finished` UInt64 COMMENT 'Of the counted, finished.',
    `replays` UInt64 COMMENT 'Of the counted, replays.',
    `time_ms` UInt64 COMMENT 'Milliseconds listened over all starts.',
    `timed` UInt64 COMMENT 'Counted plays that give a duration.',
    `played_ms` UInt64 COMMENT 'Milliseconds of those.',
    `completed` UInt64 COMMENT 'Counted plays whose completion is known.',
    `completion_pm` UInt64 COMMENT 'Sum of their completion, per mille.',
    `likes` UInt64 COMMENT 'Likes.',
    `unlikes` UInt64 COMMENT 'Likes taken back.',
    `saves` UInt64 COMMENT 'Saves.',
    `unsaves` UInt64 COMMENT 'Saves taken back.',
    `shares` UInt64 COMMENT 'Shares.',
    `downloads` UInt64 COMMENT 'Downloads.',
    `comments` UInt64 COMMENT 'Comments.',
    `follows` UInt64 COMMENT 'Follows.',
    `rates` UInt64 COMMENT 'Ratings.',
    `creates` UInt64 COMMENT 'Contents made.',
    `exports` UInt64 COMMENT 'Exports.',
    `reactions` UInt64 COMMENT 'Reactions.',
    `upgrades` UInt64 COMMENT 'Upgrades of a subscription.',
    `unfollows` UInt64 COMMENT 'Follows taken back.',
    `by_source` Map(String, UInt64) COMMENT 'Counted plays by source.',
    `by_platform` Map(String, UInt64) COMMENT 'Counted plays by platform.',
    `by_country` Map(String, UInt64) COMMENT 'Counted plays by country.',
    `by_device` Map(String, UInt64) COMMENT 'Counted plays by device.',
    `shares_by_platform` Map(String, UInt64) COMMENT 'Shares by platform.',
    `listeners` AggregateFunction(uniqCombined64, UInt64) COMMENT 'Sketch of the persons of all that counts. Read it with uniqCombined64Merge.',
    `sessions` AggregateFunction(uniqCombined64, UInt64) COMMENT 'Sketch of the sessions of counted plays.',
    `users` AggregateFunction(uniqCombined64, UInt64) COMMENT 'Sketch of the signed-in persons of counted plays.'
)
COMMENT 'Internal: copies quarter hours of rollup to content_quarters.'
AS SELECT *
FROM streakline.rollup
WHERE grain = 'quarter';

CREATE MATERIALIZED VIEW streakline.creator_contents_mv TO streakline.creator_contents
(
    `creatorId` String COMMENT 'The creator.',
    `contentId` String COMMENT 'The content.'
)
COMMENT 'Internal: copies creators of facts to creator_contents.'
AS SELECT
    value AS creatorId,
    id AS contentId
FROM streakline.facts
WHERE (subject = 'content') AND (fact = 'creator') AND (value != '');

CREATE VIEW streakline.creators
(
    `creatorId` String COMMENT 'The creator.',
    `name` String COMMENT 'Name, empty if unknown.'
)
DEFINER = streakline SQL SECURITY DEFINER
COMMENT 'What is known of each creator.'
AS SELECT
    id AS creatorId,
    maxIf(value, fact = 'name') AS name
FROM streakline.facts
FINAL
WHERE subject = 'creator'
GROUP BY id;

CREATE VIEW streakline.daily_stats
(
    `id` String COMMENT 'Of the row: the content id, a colon and the day.',
    `trackId` String COMMENT 'The content.',
    `date` Date COMMENT 'UTC day.',
    `totalPlays` Int64 COMMENT 'Plays that count by the rule in force when they were sent.',
    `uniquePlays` Int64 COMMENT 'Sessions with a counted play, to about 0.1 per cent (exact to about 1,000). 0 where clients send no sessionId.',
    `totalLikes` Int64 COMMENT 'Likes. Unlikes are not taken off.',
    `totalShares` Int64 COMMENT 'Shares.',
    `totalDownloads` Int64 COMMENT 'Downloads.',
    `totalSaves` Int64 COMMENT 'Saves. Unsaves are not taken off.',
    `avgDuration` Nullable(Float64) COMMENT 'Seconds played of an average counted play. Null where none gives a duration.',
    `avgCompletionRate` Nullable(Float64) COMMENT 'Per cent of the content that an average counted play reached. Null where none gives it.',
    `skipRate` Nullable(Float64) COMMENT 'Per cent of the begun plays that do not count. Null where none began.',
    `replayRate` Nullable(Float64) COMMENT 'Per cent of the counted plays that were replays. Null where none counts.',
    `createdAt` DateTime64(3, 'UTC') COMMENT 'When the newest of these events was accepted, UTC.'
)
DEFINER = streakline SQL SECURITY DEFINER
COMMENT 'Statistics of a content on a UTC day. Dated by when it happened, not by when it arrived. Uniques do not add up over rows.'
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
    `date` Date COMMENT 'UTC day.',
    `shard` UInt8 COMMENT 'Part of the stream.',
    `contentId` String COMMENT 'The content.',
    `contentType` String COMMENT 'Type of the content.',
    `version` UInt64 COMMENT 'As in rollup.',
    `events` UInt64 COMMENT 'All that counts, without robots.',
    `starts` UInt64 COMMENT 'Plays begun.',
    `plays` UInt64 COMMENT 'Plays that count.',
    `finished` UInt64 COMMENT 'Of the counted, finished.',
    `replays` UInt64 COMMENT 'Of the counted, replays.',
    `time_ms` UInt64 COMMENT 'Milliseconds listened over all starts.',
    `timed` UInt64 COMMENT 'Counted plays that give a duration.',
    `played_ms` UInt64 COMMENT 'Milliseconds of those.',
    `completed` UInt64 COMMENT 'Counted plays whose completion is known.',
    `completion_pm` UInt64 COMMENT 'Sum of their completion, per mille.',
    `likes` UInt64 COMMENT 'Likes.',
    `unlikes` UInt64 COMMENT 'Likes taken back.',
    `saves` UInt64 COMMENT 'Saves.',
    `unsaves` UInt64 COMMENT 'Saves taken back.',
    `shares` UInt64 COMMENT 'Shares.',
    `downloads` UInt64 COMMENT 'Downloads.',
    `comments` UInt64 COMMENT 'Comments.',
    `follows` UInt64 COMMENT 'Follows.',
    `rates` UInt64 COMMENT 'Ratings.',
    `creates` UInt64 COMMENT 'Contents made.',
    `exports` UInt64 COMMENT 'Exports.',
    `reactions` UInt64 COMMENT 'Reactions.',
    `upgrades` UInt64 COMMENT 'Upgrades of a subscription.',
    `unfollows` UInt64 COMMENT 'Follows taken back.',
    `by_source` Map(String, UInt64) COMMENT 'Counted plays by source.',
    `by_platform` Map(String, UInt64) COMMENT 'Counted plays by platform.',
    `by_country` Map(String, UInt64) COMMENT 'Counted plays by country.',
    `by_device` Map(String, UInt64) COMMENT 'Counted plays by device.',
    `shares_by_platform` Map(String, UInt64) COMMENT 'Shares by platform.',
    `listeners` AggregateFunction(uniqCombined64, UInt64) COMMENT 'Sketch of the persons of all that counts. Read it with uniqCombined64Merge.',
    `sessions` AggregateFunction(uniqCombined64, UInt64) COMMENT 'Sketch of the sessions of counted plays.',
    `users` AggregateFunction(uniqCombined64, UInt64) COMMENT 'Sketch of the signed-in persons of counted plays.'
)
COMMENT 'Internal: counts per content and UTC day, up to two rows a day, for the views of statistics.'
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
    `id` String COMMENT 'Of the event. Of a play its playId if it has one.',
    `trackId` String COMMENT 'The content.',
    `userId` Nullable(String) COMMENT 'The person, null if not signed in.',
    `sessionId` String COMMENT 'The session, empty if none was sent.',
    `timestamp` DateTime64(3, 'UTC') COMMENT 'When it happened, UTC. Of a play: when it began.',
    `source` LowCardinality(String) COMMENT 'Where it came from: empty, the value, or other.',
    `userAgent` String COMMENT 'User agent as sent.',
    `ip` Nullable(String) COMMENT 'Always null: the address is not kept.',
    `createdAt` DateTime64(3, 'UTC') COMMENT 'When it was accepted, UTC.'
)
DEFINER = streakline SQL SECURITY DEFINER
COMMENT 'Every download once, without robots.'
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

CREATE VIEW streakline.event_log
(
    `id` String COMMENT 'Of the event. Of a play its playId if it has one. Unique with contentId and timestamp.',
    `timestamp` DateTime64(3, 'UTC') COMMENT 'When it happened, UTC. Of a play: when it began.',
    `type` LowCardinality(String) COMMENT 'Type as it was sent.',
    `contentId` Nullable(String) COMMENT 'The content, null where there is none.',
    `contentType` LowCardinality(Nullable(String)) COMMENT 'track, mashup, episode and others.',
    `parentId` Nullable(String) COMMENT 'What the content belongs to: an album, a show.',
    `creatorId` Nullable(String) COMMENT 'Who made the content. Of a follow, who is followed.',
    `userId` Nullable(String) COMMENT 'The person, null if not signed in.',
    `anonymousId` Nullable(String) COMMENT 'The person without an account.',
    `sessionId` Nullable(String) COMMENT 'The session.',
    `listener` String COMMENT 'Stands for the person in counts of listeners, a seeded hash in hexadecimal.',
    `source` LowCardinality(Nullable(String)) COMMENT 'Where it came from: the value, or other.',
    `platform` LowCardinality(Nullable(String)) COMMENT 'Platform. Of a share, where to.',
    `country` LowCardinality(Nullable(String)) COMMENT 'Country, two letters.',
    `device` LowCardinality(Nullable(String)) COMMENT 'Kind of device.',
    `sentAs` String COMMENT 'What was sent where source, platform, country or device counts as other: a JSON object.',
    `browser` LowCardinality(Nullable(String)) COMMENT 'Browser, from the user agent.',
    `os` LowCardinality(Nullable(String)) COMMENT 'Operating system, from the user agent.',
    `tz` LowCardinality(Nullable(String)) COMMENT 'IANA zone of the person.',
    `utcOffset` Nullable(Int32) COMMENT 'Minutes that the person\'s zone was ahead of UTC then.',
    `playlistId` Nullable(String) COMMENT 'The playlist it was played or saved from.',
    `referrer` Nullable(String) COMMENT 'The page that led here.',
    `userAgent` Nullable(String) COMMENT 'User agent as sent.',
    `genre` LowCardinality(Nullable(String)) COMMENT 'Genre as sent.',
    `title` Nullable(String) COMMENT 'Title as sent.',
    `duration` Nullable(Float64) COMMENT 'Seconds played. Null if unknown, and of what is no play.',
    `position` Nullable(Float64) COMMENT 'Seconds into the content where the listener stopped.',
    `contentDuration` Nullable(Float64) COMMENT 'Seconds the content lasts.',
    `completionRate` Nullable(Float64) COMMENT 'Per cent of the content that was reached.',
    `counted` Bool COMMENT 'A play that counts by the rule in force when it was sent.',
    `finished` Bool COMMENT 'A play that reached the end by the rule.',
    `replayed` Bool COMMENT 'A play that was a replay.',
    `ended` Bool COMMENT 'The player said that the play ended.',
    `robot` Bool COMMENT 'Sent by a robot: never counted anywhere.',
    `robotReason` LowCardinality(Nullable(String)) COMMENT 'Why it is held to be a robot\'s.',
    `properties` String COMMENT 'Free properties, a flat JSON object.',
    `createdAt` DateTime64(3, 'UTC') COMMENT 'When it was accepted, UTC.'
)
DEFINER = streakline SQL SECURITY DEFINER
COMMENT 'Every accepted event once, as it stands, robots too (leave them out with: where not robot). Seconds, per cent. Null is unknown.'
AS SELECT
    id,
    ts AS timestamp,
    type,
    nullIf(contentId, '') AS contentId,
    nullIf(contentType, '') AS contentType,
    nullIf(parentId, '') AS parentId,
    nullIf(creatorId, '') AS creatorId,
    nullIf(userId, '') AS userId,
    nullIf(anonymousId, '') AS anonymousId,
    nullIf(sessionId, '') AS sessionId,
    lower(hex(listener64)) AS listener,
    nullIf(source, '') AS source,
    nullIf(platform, '') AS platform,
    nullIf(country, '') AS country,
    nullIf(device, '') AS device,
    toJSONString(sent) AS sentAs,
    nullIf(browser, '') AS browser,
    nullIf(os, '') AS os,
    nullIf(tz, '') AS tz,
    if(offset = 32767, NULL, toInt32(offset) * 15) AS utcOffset,
    nullIf(playlistId, '') AS playlistId,
    nullIf(referrer, '') AS referrer,
    nullIf(userAgent, '') AS userAgent,
    nullIf(genre, '') AS genre,
    nullIf(title, '') AS title,
    if(timed, duration / 1000, NULL) AS duration,
    position,
    nullIf(length, 0) / 1000 AS contentDuration,
    if(completion = 65535, NULL, completion / 10) AS completionRate,
    counted,
    finished,
    replayed,
    ended,
    bot AS robot,
    nullIf(botReason, '') AS robotReason,
    if(events.properties = '', '{}', events.properties) AS properties,
    accepted AS createdAt
FROM streakline.events
FINAL
SETTINGS do_not_merge_across_partitions_select_final = 1, optimize_move_to_prewhere_if_final = 1;

CREATE MATERIALIZED VIEW streakline.follow_quarters_mv TO streakline.follow_quarters
(
    `subject` LowCardinality(String) COMMENT 'creator, or user.',
    `id` String COMMENT 'Who is followed, or who follows.',
    `at` DateTime('UTC') COMMENT 'First moment of the quarter hour, UTC.',
    `shard` UInt8 COMMENT 'Part of the stream.'
)
COMMENT 'Internal: copies where follows of events lie to follow_quarters.'
AS SELECT
    word.1 AS subject,
    word.2 AS id,
    toStartOfFifteenMinutes(ts) AS at,
    shard
FROM streakline.events
ARRAY JOIN [('creator', creatorId), ('user', userId)] AS word
WHERE (kind IN (11, 24)) AND (creatorId != '') AND (userId != '');

CREATE VIEW streakline.like_events
(
    `id` String COMMENT 'Of the event. Of a play its playId if it has one.',
    `trackId` String COMMENT 'The content.',
    `userId` Nullable(String) COMMENT 'The person, null if not signed in.',
    `sessionId` String COMMENT 'The session, empty if none was sent.',
    `timestamp` DateTime64(3, 'UTC') COMMENT 'When it happened, UTC. Of a play: when it began.',
    `source` LowCardinality(String) COMMENT 'Where it came from: empty, the value, or other.',
    `action` String COMMENT 'like or unlike.',
    `createdAt` DateTime64(3, 'UTC') COMMENT 'When it was accepted, UTC.'
)
DEFINER = streakline SQL SECURITY DEFINER
COMMENT 'Every like once, without robots, and its undoing.'
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
    `id` String COMMENT 'Of the row: the content id, a colon and the day.',
    `mashup_id` String COMMENT 'The mashup.',
    `date` Date COMMENT 'UTC day.',
    `plays` Int64 COMMENT 'Plays that count.',
    `unique_plays` Int64 COMMENT 'Signed-in persons with a counted play, to about 0.1 per cent.',
    `likes` Int64 COMMENT 'Likes. Unlikes are not taken off.',
    `shares` Int64 COMMENT 'Shares.',
    `comments` Int64 COMMENT 'Comments.',
    `downloads` Int64 COMMENT 'Downloads.',
    `avg_watch_time` Nullable(Float64) COMMENT 'Seconds of an average counted play. Null where none gives a duration.'
)
DEFINER = streakline SQL SECURITY DEFINER
COMMENT 'Statistics of a mashup on a UTC day, under the dashboard\'s names.'
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

CREATE VIEW streakline.milestones
(
    `Id` String COMMENT 'Of the milestone: a UUID that is the same whenever it is read.',
    `UserId` String COMMENT 'The person.',
    `MilestoneType` String COMMENT 'Of what: movie, show, episode or track.',
    `MetricAchieved` Int32 COMMENT 'How many different ones were finished: 10, 25, 50, 100, 250, 500 or 1000.',
    `AchievementDate` DateTime64(3, 'UTC') COMMENT 'When the play began that reached it, UTC.',
    `CelebrationTier` String COMMENT 'bronze, silver, gold or platinum.',
    `CreatedAt` DateTime64(3, 'UTC') COMMENT 'When that play was accepted, or its quarter hour counted last, UTC.'
)
DEFINER = streakline SQL SECURITY DEFINER
COMMENT 'Numbers of different movies, shows, episodes and tracks that a person has finished. The day of a milestone is a matter of the zone: toDate(AchievementDate, zone).'
AS WITH
    name -> SHA1(concat(unhex('ac97b48fe32958569e8a002e73c8f695'), name)) AS hash,
    (digest -> lower(concat(hex(substring(digest, 1, 4)), '-', hex(substring(digest, 5, 2)), '-5', substring(hex(substring(digest, 7, 2)), 2, 3), '-', hex(bitOr(bitAnd(reinterpretAsUInt8(substring(digest, 9, 1)), 63), 128)), hex(substring(digest, 10, 1)), '-', hex(substring(digest, 11, 6))))) AS guid
SELECT
    guid(hash(concat('milestones:', kind, ':', toString(number), ':', userId))) AS Id,
    userId AS UserId,
    kind AS MilestoneType,
    toInt32(number) AS MetricAchieved,
    first AS AchievementDate,
    multiIf(number <= 25, 'bronze', number <= 100, 'silver', number <= 500, 'gold', 'platinum') AS CelebrationTier,
    newest AS CreatedAt
FROM
(
    SELECT
        userId,
        kind,
        first,
        newest,
        row_number() OVER (PARTITION BY userId, kind ORDER BY first ASC) AS number
    FROM
    (
        SELECT
            userId,
            counted.1 AS kind,
            counted.2 AS id,
            min(done) AS first,
            argMin(accepted, done) AS newest
        FROM streakline.person_rows
        INNER JOIN streakline.content ON content.contentId = person_rows.contentId
        ARRAY JOIN arrayConcat(if((contentType IN ('movie', 'show', 'episode', 'track')), [(contentType, person_rows.contentId)], []), if((contentType = 'episode') AND (parentId != ''), [('show', parentId)], [])) AS counted
        WHERE (done > fromUnixTimestamp64Milli(toInt64(0), 'UTC')) AND (done < now64(3))
        GROUP BY
            userId,
            kind,
            id
    )
)
WHERE number IN (10, 25, 50, 100, 250, 500, 1000);

CREATE VIEW streakline.monthly_stats
(
    `id` String COMMENT 'Of the row: the content id, a colon and that day.',
    `trackId` String COMMENT 'The content.',
    `monthStart` Date COMMENT 'First day of the month, UTC.',
    `totalPlays` Int64 COMMENT 'Plays that count by the rule in force when they were sent.',
    `uniquePlays` Int64 COMMENT 'Sessions with a counted play, to about 0.1 per cent (exact to about 1,000). 0 where clients send no sessionId.',
    `totalLikes` Int64 COMMENT 'Likes. Unlikes are not taken off.',
    `totalShares` Int64 COMMENT 'Shares.',
    `totalDownloads` Int64 COMMENT 'Downloads.',
    `totalSaves` Int64 COMMENT 'Saves. Unsaves are not taken off.',
    `avgDuration` Nullable(Float64) COMMENT 'Seconds played of an average counted play. Null where none gives a duration.',
    `avgCompletionRate` Nullable(Float64) COMMENT 'Per cent of the content that an average counted play reached. Null where none gives it.',
    `skipRate` Nullable(Float64) COMMENT 'Per cent of the begun plays that do not count. Null where none began.',
    `replayRate` Nullable(Float64) COMMENT 'Per cent of the counted plays that were replays. Null where none counts.',
    `createdAt` DateTime64(3, 'UTC') COMMENT 'When the newest of these events was accepted, UTC.'
)
DEFINER = streakline SQL SECURITY DEFINER
COMMENT 'Statistics of a content in a calendar month, UTC. Dated by when it happened, not by when it arrived. Uniques do not add up over rows.'
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

CREATE MATERIALIZED VIEW streakline.observations_mv TO streakline.observations
(
    `owner` String COMMENT 'The person.',
    `platform` LowCardinality(String) COMMENT 'The platform.',
    `account` String COMMENT 'The account.',
    `post` String COMMENT 'The post.',
    `name` LowCardinality(String) COMMENT 'Name of the number.',
    `currency` LowCardinality(String) COMMENT 'Of money its ISO 4217 code.',
    `observedAt` DateTime64(3, 'UTC') COMMENT 'The moment that the number is of.',
    `contentId` String COMMENT 'The content in the catalogue.',
    `id` String COMMENT 'Id of the event.',
    `value` Float64 COMMENT 'The number.',
    `fetchedAt` DateTime64(3, 'UTC') COMMENT 'When it was fetched.',
    `surface` LowCardinality(String) COMMENT 'The interface that told it.',
    `api` LowCardinality(String) COMMENT 'The version of that interface.',
    `earliness` UInt64 COMMENT 'The greater, the earlier it was accepted.'
)
COMMENT 'Internal: copies metrics to observations.'
AS SELECT
    userId AS owner,
    p.1 AS platform,
    p.2 AS account,
    p.3 AS post,
    p.4 AS name,
    p.5 AS currency,
    ts AS observedAt,
    if((contentId = '') AND ((p.3) != ''), concat(p.1, ':', p.3), contentId) AS contentId,
    id,
    p.6 AS value,
    fromUnixTimestamp64Milli(p.7, 'UTC') AS fetchedAt,
    p.8 AS surface,
    p.9 AS api,
    toUInt64(bitAnd(version, 18446744073709551615)) AS earliness
FROM
(
    SELECT
        userId,
        ts,
        contentId,
        id,
        version,
        JSONExtract(properties, 'Tuple(platform String, account String, post String, name String, currency String, value Float64, fetchedAt Int64, surface String, version String)') AS p
    FROM streakline.events
    WHERE (kind = 23) AND (userId != '')
)
WHERE (p.1) != '';

CREATE MATERIALIZED VIEW streakline.person_history_mv TO streakline.person_history
(
    `at` DateTime('UTC') COMMENT 'The quarter hour, UTC.',
    `shard` UInt8 COMMENT 'Part of the stream.',
    `contentId` String COMMENT 'The content.',
    `userId` String COMMENT 'The person.',
    `offset` Int16 COMMENT 'Zone of the plays in quarter hours east of UTC, 32767 where they name none.',
    `platform` LowCardinality(String) COMMENT 'Platform of the plays, empty where they name none.',
    `version` UInt64 COMMENT 'The greatest stands.',
    `starts` UInt64 COMMENT 'Plays begun.',
    `plays` UInt64 COMMENT 'Plays that count.',
    `finished` UInt64 COMMENT 'Of the counted, finished.',
    `time_ms` UInt64 COMMENT 'Milliseconds listened over all starts.',
    `timed` UInt64 COMMENT 'Counted plays that give a duration.',
    `first` DateTime64(3, 'UTC') COMMENT 'When the first counted play began, 1970 if none did.',
    `last` DateTime64(3, 'UTC') COMMENT 'When the last counted play began, 1970 if none did.',
    `done` DateTime64(3, 'UTC') COMMENT 'When the first finished play began, 1970 if none did.',
    `rated` DateTime64(3, 'UTC') COMMENT 'When the content was rated last, 1970 if it was not.',
    `rating` UInt16 COMMENT 'That rating from 0 to 10, in hundredths, 0 if there is none.'
)
COMMENT 'Internal: copies plays of persons to person_history.'
AS SELECT *
FROM streakline.person_quarters;

CREATE MATERIALIZED VIEW streakline.person_ids_mv TO streakline.person_ids
(
    `listener64` UInt64 COMMENT 'Seeded hash of the userId.',
    `userId` String COMMENT 'The person.'
)
COMMENT 'Internal: copies ids of persons to person_ids.'
AS SELECT DISTINCT
    listener64,
    userId
FROM streakline.events
WHERE userId != '';

CREATE VIEW streakline.person_rows
(
    `userId` String COMMENT 'The person.',
    `contentId` String COMMENT 'The content.',
    `at` DateTime64(3, 'UTC') COMMENT 'When the first counted play of the row began, else its quarter hour.',
    `last` DateTime64(3, 'UTC') COMMENT 'When the last one began, 1970 if none did.',
    `done` DateTime64(3, 'UTC') COMMENT 'When the first finished play began, 1970 if none did.',
    `rated` DateTime64(3, 'UTC') COMMENT 'When the content was rated last, 1970 if it was not.',
    `rating` UInt16 COMMENT 'That rating from 0 to 10, in hundredths.',
    `starts` UInt64 COMMENT 'Plays begun.',
    `plays` UInt64 COMMENT 'Plays that count.',
    `timed` UInt64 COMMENT 'Counted plays that give a duration.',
    `time_ms` UInt64 COMMENT 'Milliseconds listened over all starts.',
    `accepted` DateTime64(3, 'UTC') COMMENT 'When the newest of its events was accepted.',
    `offset` Int16 COMMENT 'Zone of the events in quarter hours east of UTC, 32767 where they name none.',
    `local` DateTime64(3, 'UTC') COMMENT 'What the clock showed at the moment of the row.',
    `local_last` DateTime64(3, 'UTC') COMMENT 'What the clock showed when the last counted play began.'
)
DEFINER = streakline SQL SECURITY DEFINER
COMMENT 'Internal: plays of persons until now, with the clock on their walls.'
AS WITH
    (
        SELECT min(upto)
        FROM streakline.closed
        FINAL
    ) AS closed_to,
    fromUnixTimestamp64Milli(toInt64(0), 'UTC') AS never,
    ((moment, quarters) -> (moment + toIntervalSecond(if(quarters = 32767, timeZoneOffset(toTimeZone(moment, timezone())), toInt32(quarters) * 900)))) AS on_the_wall
SELECT
    userId,
    contentId,
    at,
    last,
    done,
    rated,
    rating,
    starts,
    plays,
    timed,
    time_ms,
    accepted,
    offset,
    on_the_wall(at, offset) AS local,
    on_the_wall(last, offset) AS local_last
FROM
(
    SELECT
        userId,
        contentId,
        if(plays > 0, first, toDateTime64(person_history.at, 3, 'UTC')) AS at,
        last,
        done,
        rated,
        rating,
        starts,
        plays,
        timed,
        time_ms,
        offset,
        greatest(fromUnixTimestamp64Milli(toInt64(bitShiftRight(bitAnd(version, 9223372036854775807), 22)), 'UTC'), last, rated) AS accepted
    FROM streakline.person_history
    FINAL
    WHERE person_history.at <= closed_to
    UNION ALL
    SELECT
        userId,
        contentId,
        if(counted, ts, toDateTime64(toStartOfFifteenMinutes(ts), 3, 'UTC')),
        if(counted, ts, never),
        if(counted AND finished, ts, never),
        if(kind = 12, ts, never),
        toUInt16(if(kind = 12, round(100 * ifNull(JSONExtract(properties, 'rating', 'Nullable(Float64)'), 0)), 0)),
        toUInt64(kind <= 3),
        toUInt64(counted),
        toUInt64(counted AND timed),
        toUInt64(if(kind <= 3, duration, 0)),
        offset,
        accepted
    FROM streakline.events
    FINAL
    WHERE (userId != '') AND countable AND (toStartOfFifteenMinutes(ts) > closed_to) AND ((kind <= 3) OR ((kind = 12) AND ((JSONExtract(properties, 'rating', 'Nullable(Float64)') >= 0) AND (JSONExtract(properties, 'rating', 'Nullable(Float64)') <= 10))))
)
WHERE ((starts > 0) OR (rated > never)) AND (at < now64(3))
SETTINGS do_not_merge_across_partitions_select_final = 1, optimize_move_to_prewhere_if_final = 1;

CREATE MATERIALIZED VIEW streakline.personal_events_mv TO streakline.personal_events
(
    `userId` String COMMENT 'The person.',
    `kind` UInt8 COMMENT '17 freeze, 18 pause, 19 repair, 20 settings.',
    `id` String COMMENT 'Id of the event.',
    `at` DateTime64(3, 'UTC') COMMENT 'Its timestamp.',
    `properties` String COMMENT 'Its fields as a JSON object, empty for none.'
)
COMMENT 'Internal: copies personal events to personal_events.'
AS SELECT
    userId,
    kind,
    id,
    ts AS at,
    properties
FROM streakline.events
WHERE (kind IN (17, 18, 19, 20)) AND (userId != '');

CREATE VIEW streakline.play_events
(
    `id` String COMMENT 'Of the event. Of a play its playId if it has one.',
    `trackId` String COMMENT 'The content.',
    `userId` Nullable(String) COMMENT 'The person, null if not signed in.',
    `sessionId` String COMMENT 'The session, empty if none was sent.',
    `timestamp` DateTime64(3, 'UTC') COMMENT 'When it happened, UTC. Of a play: when it began.',
    `source` LowCardinality(String) COMMENT 'Where it came from: empty, the value, or other.',
    `playlistId` Nullable(String) COMMENT 'The playlist, null if none.',
    `userAgent` String COMMENT 'User agent as sent.',
    `ip` Nullable(String) COMMENT 'Always null: the address is not kept.',
    `duration` Nullable(Int64) COMMENT 'Whole seconds played, null if unknown.',
    `completionRate` Nullable(Int64) COMMENT 'Whole per cent reached, null if unknown.',
    `skipped` Bool COMMENT 'Begun, and does not count.',
    `replayed` Bool COMMENT 'A replay.',
    `createdAt` DateTime64(3, 'UTC') COMMENT 'When it was accepted, UTC.'
)
DEFINER = streakline SQL SECURITY DEFINER
COMMENT 'Every play once, as it stands (longest, then first accepted), without robots.'
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

CREATE MATERIALIZED VIEW streakline.recounts_to_rollup TO streakline.rollup
(
    `grain` Enum8('quarter' = 1, 'day' = 2) COMMENT 'Quarter hour or UTC day.',
    `at` DateTime('UTC') COMMENT 'Its first moment, UTC.',
    `shard` UInt8 COMMENT 'Part of the stream.',
    `contentId` String COMMENT 'The content.',
    `version` UInt64 COMMENT 'The greatest stands. From 2^63 up: recounted from events.',
    `contentType` LowCardinality(String) COMMENT 'Type of the content.',
    `differs` Bool COMMENT 'This recount found another value than the provisional row.',
    `events` UInt64 COMMENT 'All that counts, without robots.',
    `starts` UInt64 COMMENT 'Plays begun.',
    `plays` UInt64 COMMENT 'Plays that count.',
    `finished` UInt64 COMMENT 'Of the counted, finished.',
    `replays` UInt64 COMMENT 'Of the counted, replays.',
    `time_ms` UInt64 COMMENT 'Milliseconds listened over all starts.',
    `timed` UInt64 COMMENT 'Counted plays that give a duration.',
    `played_ms` UInt64 COMMENT 'Milliseconds of those.',
    `completed` UInt64 COMMENT 'Counted plays whose completion is known.',
    `completion_pm` UInt64 COMMENT 'Sum of their completion, per mille.',
    `likes` UInt64 COMMENT 'Likes.',
    `unlikes` UInt64 COMMENT 'Likes taken back.',
    `saves` UInt64 COMMENT 'Saves.',
    `unsaves` UInt64 COMMENT 'Saves taken back.',
    `shares` UInt64 COMMENT 'Shares.',
    `downloads` UInt64 COMMENT 'Downloads.',
    `comments` UInt64 COMMENT 'Comments.',
    `follows` UInt64 COMMENT 'Follows.',
    `rates` UInt64 COMMENT 'Ratings.',
    `creates` UInt64 COMMENT 'Contents made.',
    `exports` UInt64 COMMENT 'Exports.',
    `reactions` UInt64 COMMENT 'Reactions.',
    `upgrades` UInt64 COMMENT 'Upgrades of a subscription.',
    `unfollows` UInt64 COMMENT 'Follows taken back.',
    `by_source` Map(String, UInt64) COMMENT 'Counted plays by source.',
    `by_platform` Map(String, UInt64) COMMENT 'Counted plays by platform.',
    `by_country` Map(String, UInt64) COMMENT 'Counted plays by country.',
    `by_device` Map(String, UInt64) COMMENT 'Counted plays by device.',
    `shares_by_platform` Map(String, UInt64) COMMENT 'Shares by platform.',
    `listeners` AggregateFunction(uniqCombined64, UInt64) COMMENT 'Sketch of the persons of all that counts. Read it with uniqCombined64Merge.',
    `sessions` AggregateFunction(uniqCombined64, UInt64) COMMENT 'Sketch of the sessions of counted plays.',
    `users` AggregateFunction(uniqCombined64, UInt64) COMMENT 'Sketch of the signed-in persons of counted plays.'
)
COMMENT 'Internal: copies recounts to rollup.'
AS SELECT
    grain,
    at,
    shard,
    contentId,
    version,
    contentType,
    differs,
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
FROM streakline.recounts;

CREATE MATERIALIZED VIEW streakline.recounts_to_stops TO streakline.content_stops
(
    `shard` UInt8 COMMENT 'Part of the stream.',
    `contentId` String COMMENT 'The content.',
    `at` DateTime('UTC') COMMENT 'Its first moment, UTC.',
    `version` UInt64 COMMENT 'The greatest stands. From 2^63 up: recounted from events.',
    `known` UInt64 COMMENT 'Starts that say where they stopped.',
    `stopped` Array(UInt64) COMMENT 'Of those, how many had stopped before 30, 60, 120, 180, 300, 600, 1200, 1800 and 3600 s. Empty if none ever began.',
    `length` UInt32 COMMENT 'The greatest length of the content in ms that one of those gives, 0 if none does.'
)
COMMENT 'Internal: copies where plays stopped from recounts to content_stops.'
AS SELECT
    shard,
    contentId,
    at,
    version,
    known,
    stopped,
    length
FROM streakline.recounts
WHERE notEmpty(stopped);

CREATE VIEW streakline.save_events
(
    `id` String COMMENT 'Of the event. Of a play its playId if it has one.',
    `trackId` String COMMENT 'The content.',
    `userId` Nullable(String) COMMENT 'The person, null if not signed in.',
    `sessionId` String COMMENT 'The session, empty if none was sent.',
    `timestamp` DateTime64(3, 'UTC') COMMENT 'When it happened, UTC. Of a play: when it began.',
    `playlistId` Nullable(String) COMMENT 'The playlist, null if none.',
    `action` String COMMENT 'save or unsave.',
    `createdAt` DateTime64(3, 'UTC') COMMENT 'When it was accepted, UTC.'
)
DEFINER = streakline SQL SECURITY DEFINER
COMMENT 'Every save once, without robots, and its undoing.'
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
    `id` String COMMENT 'Of the event. Of a play its playId if it has one.',
    `trackId` String COMMENT 'The content.',
    `userId` Nullable(String) COMMENT 'The person, null if not signed in.',
    `sessionId` String COMMENT 'The session, empty if none was sent.',
    `timestamp` DateTime64(3, 'UTC') COMMENT 'When it happened, UTC. Of a play: when it began.',
    `platform` LowCardinality(String) COMMENT 'Where to.',
    `source` LowCardinality(String) COMMENT 'Where it came from: empty, the value, or other.',
    `createdAt` DateTime64(3, 'UTC') COMMENT 'When it was accepted, UTC.'
)
DEFINER = streakline SQL SECURITY DEFINER
COMMENT 'Every share once, without robots.'
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

CREATE VIEW streakline.shares
(
    `id` String COMMENT 'Of the share.',
    `appId` String COMMENT 'The app.',
    `platform` String COMMENT 'Where to: the value, or other. Empty if none was sent.',
    `userId` Nullable(String) COMMENT 'The person, null if not signed in.',
    `sessionId` String COMMENT 'The session, empty if none was sent.',
    `timestamp` DateTime64(3, 'UTC') COMMENT 'When it happened, UTC.',
    `userAgent` String COMMENT 'User agent of who shared it, at most 500 characters. Empty if none was sent.',
    `referrerUrl` Nullable(String) COMMENT 'The page that it was shared from, at most 500 characters. Null if unknown.'
)
DEFINER = streakline SQL SECURITY DEFINER
COMMENT 'Every share of an app once, without robots. Shares of other contents are in share_events.'
AS SELECT
    id,
    contentId AS appId,
    platform,
    nullIf(userId, '') AS userId,
    sessionId,
    ts AS timestamp,
    substringUTF8(events.userAgent, 1, 500) AS userAgent,
    nullIf(substringUTF8(referrer, 1, 500), '') AS referrerUrl
FROM streakline.events
FINAL
WHERE (kind = 8) AND (contentType = 'app') AND countable
SETTINGS do_not_merge_across_partitions_select_final = 1, optimize_move_to_prewhere_if_final = 1;

CREATE VIEW streakline.standing_observations
(
    `owner` String COMMENT 'The person whose account it is.',
    `platform` LowCardinality(String) COMMENT 'youtube, tiktok, instagram or twitter.',
    `account` String COMMENT 'The account by the platform\'s own id.',
    `post` String COMMENT 'The post by the platform\'s own id, empty for a number of the account itself.',
    `contentId` String COMMENT 'The content in the catalogue.',
    `name` LowCardinality(String) COMMENT 'Name of the number.',
    `observedAt` DateTime64(3, 'UTC') COMMENT 'The moment that the number is of.',
    `value` Float64 COMMENT 'The number.',
    `accepted` DateTime64(3, 'UTC') COMMENT 'When it was accepted.'
)
DEFINER = streakline SQL SECURITY DEFINER
COMMENT 'Internal: what stands of the numbers of other platforms.'
AS SELECT
    owner,
    platform,
    account,
    post,
    contentId,
    compared AS name,
    observedAt,
    value,
    accepted
FROM
(
    SELECT
        owner,
        platform,
        account,
        post,
        contentId,
        own,
        observedAt,
        value,
        accepted,
        multiIf(platform = 'twitter', transform(own, ['retweets', 'replies', 'linkClicks'], ['shares', 'comments', 'clicks'], own), (platform = 'instagram') AND (own = 'linkClicks'), 'clicks', own) AS compared,
        max(own = compared) OVER (PARTITION BY owner, platform, account, post, compared) AS is_told
    FROM
    (
        SELECT
            owner,
            platform,
            account,
            post,
            toString(name) AS own,
            observedAt,
            any(observations.contentId) AS contentId,
            argMax(observations.value, (18446744073709551615 - earliness, fetchedAt, id)) AS value,
            fromUnixTimestamp64Milli(toInt64(bitShiftRight(18446744073709551615 - min(earliness), 22)), 'UTC') AS accepted
        FROM streakline.observations
        FINAL
        WHERE currency = ''
        GROUP BY
            owner,
            platform,
            account,
            post,
            name,
            observedAt
    )
)
WHERE (own = compared) OR (NOT is_told);

CREATE VIEW streakline.track_counters
(
    `trackId` String COMMENT 'The content.',
    `playCount` Int64 COMMENT 'Plays that count by the rule in force when they were sent.',
    `likeCount` Int64 COMMENT 'Likes less unlikes.',
    `shareCount` Int64 COMMENT 'Shares.',
    `downloadCount` Int64 COMMENT 'Downloads.'
)
DEFINER = streakline SQL SECURITY DEFINER
COMMENT 'The lifetime of every content: plays, likes, shares and downloads over all time.'
AS SELECT
    contentId AS trackId,
    toInt64(sum(plays)) AS playCount,
    toInt64(sum(likes)) - toInt64(sum(unlikes)) AS likeCount,
    toInt64(sum(shares)) AS shareCount,
    toInt64(sum(downloads)) AS downloadCount
FROM streakline.day_counts
WHERE contentId != ''
GROUP BY trackId
HAVING sum(events) > 0;

CREATE VIEW streakline.user_daily_stats
(
    `id` String COMMENT 'Of the row: the person\'s id, a colon and the day.',
    `user_id` String COMMENT 'The creator.',
    `date` Date COMMENT 'UTC day.',
    `mashups_created` Int64 COMMENT 'Mashups made.',
    `plays_received` Int64 COMMENT 'Counted plays of his contents.',
    `followers_gained` Int64 COMMENT 'Follows. Unfollows are not taken off.'
)
DEFINER = streakline SQL SECURITY DEFINER
COMMENT 'What a creator made and got on a UTC day.'
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

CREATE VIEW streakline.user_metrics
(
    `id` String COMMENT 'Of the row: a UUID that is the same whenever it is read.',
    `user_id` String COMMENT 'The person whose accounts they are.',
    `platform` LowCardinality(String) COMMENT 'youtube, tiktok, instagram or twitter.',
    `metric_date` Date COMMENT 'The day, of the session\'s time zone.',
    `followers_count` Nullable(Int64) COMMENT 'Followers of the accounts, null before they were observed.',
    `following_count` Nullable(Int64) COMMENT 'Accounts that they follow.',
    `total_views` Nullable(Int64) COMMENT 'Views of all posts, from the beginning.',
    `total_engagement` Nullable(Int64) COMMENT 'Likes, comments and shares of all posts, from the beginning.',
    `posts_count` Int64 COMMENT 'Posts that were observed.',
    `engagement_rate` Nullable(Float64) COMMENT 'Engagement to a hundred views, over the posts that tell both, from 0 to 100.',
    `growth_rate` Nullable(Float64) COMMENT 'Per cent by which followers grew since the observed day before, from -100 to 1000.',
    `created_at` DateTime64(3, 'UTC') COMMENT 'When the first observation of the day was accepted, UTC.',
    `updated_at` DateTime64(3, 'UTC') COMMENT 'When the newest one was, UTC.'
)
DEFINER = streakline SQL SECURITY DEFINER
COMMENT 'Followers, views and engagement of a person on each platform, a row for each day on which anything was observed.'
AS WITH
    name -> SHA1(concat(unhex('ac97b48fe32958569e8a002e73c8f695'), name)) AS hash,
    (digest -> lower(concat(hex(substring(digest, 1, 4)), '-', hex(substring(digest, 5, 2)), '-5', substring(hex(substring(digest, 7, 2)), 2, 3), '-', hex(bitOr(bitAnd(reinterpretAsUInt8(substring(digest, 9, 1)), 63), 128)), hex(substring(digest, 10, 1)), '-', hex(substring(digest, 11, 6))))) AS guid,
    ((part, whole) -> if(whole > 0, floor(((part * 200) + whole) / (2 * whole)) / 100, NULL)) AS hundredths,
    ((found, least, most) -> if(found < least, least, if(found > most, most, found))) AS within,
    by_day AS
    (
        SELECT
            owner,
            platform,
            account,
            post,
            toDate(toTimeZone(observedAt, timezone())) AS day,
            argMaxOrNullIf(value, observedAt, name = 'views') AS views,
            argMaxOrNullIf(value, observedAt, name = 'likes') AS likes,
            argMaxOrNullIf(value, observedAt, name = 'comments') AS comments,
            argMaxOrNullIf(value, observedAt, name = 'shares') AS shares,
            argMaxOrNullIf(value, observedAt, name = 'followers') AS followers,
            argMaxOrNullIf(value, observedAt, name = 'following') AS following,
            min(accepted) AS first,
            max(accepted) AS newest
        FROM streakline.standing_observations
        GROUP BY
            owner,
            platform,
            account,
            post,
            day
    ),
    known AS
    (
        SELECT
            owner,
            platform,
            account,
            post,
            day,
            first,
            newest,
            followers AS followers_now,
            anyLast(views) IGNORE NULLS OVER w AS seen,
            anyLast(likes) IGNORE NULLS OVER w AS liked,
            anyLast(comments) IGNORE NULLS OVER w AS said,
            anyLast(shares) IGNORE NULLS OVER w AS shared,
            anyLast(followers) IGNORE NULLS OVER w AS followed,
            anyLast(following) IGNORE NULLS OVER w AS follows,
            if(isNull(liked) AND isNull(said) AND isNull(shared), NULL, (ifNull(liked, 0) + ifNull(said, 0)) + ifNull(shared, 0)) AS engaged,
            (post != '') AND isNotNull(seen) AND isNotNull(engaged) AND (seen > 0) AS is_told,
            row_number() OVER w AS number
        FROM by_day
        WINDOW w AS (PARTITION BY owner, platform, account, post ORDER BY day ASC ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
    ),
    steps AS
    (
        SELECT
            owner,
            platform,
            account,
            post,
            day,
            first,
            newest,
            (post != '') AND (number = 1) AS is_new,
            lagInFrame(followed) OVER v AS followed_before,
            isNotNull(followers_now) AND isNotNull(followed_before) AND (post = '') AS is_pair,
            if(post = '', NULL, seen) AS seen_post,
            if(post = '', NULL, engaged) AS engaged_post,
            if(post = '', followed, NULL) AS followed_account,
            if(post = '', follows, NULL) AS follows_account,
            if(is_told, engaged, 0) AS told_engaged,
            if(is_told, seen, 0) AS told_seen,
            ifNull(seen_post, 0) - ifNull(lagInFrame(seen_post) OVER v, 0) AS d_seen,
            ifNull(engaged_post, 0) - ifNull(lagInFrame(engaged_post) OVER v, 0) AS d_engaged,
            ifNull(followed_account, 0) - ifNull(lagInFrame(followed_account) OVER v, 0) AS d_followed,
            ifNull(follows_account, 0) - ifNull(lagInFrame(follows_account) OVER v, 0) AS d_follows,
            told_engaged - ifNull(lagInFrame(told_engaged) OVER v, 0) AS d_told_engaged,
            told_seen - ifNull(lagInFrame(told_seen) OVER v, 0) AS d_told_seen,
            followers_now
        FROM known
        WINDOW v AS (PARTITION BY owner, platform, account, post ORDER BY day ASC ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
    ),
    days AS
    (
        SELECT
            owner,
            platform,
            day,
            min(first) AS first_at,
            max(newest) AS newest_at,
            countIf(is_new) AS new_posts,
            countIf(isNotNull(seen_post)) AS have_seen,
            countIf(isNotNull(engaged_post)) AS have_engaged,
            countIf(isNotNull(followed_account)) AS have_followed,
            countIf(isNotNull(follows_account)) AS have_follows,
            sum(d_seen) AS more_seen,
            sum(d_engaged) AS more_engaged,
            sum(d_followed) AS more_followed,
            sum(d_follows) AS more_follows,
            sum(d_told_engaged) AS more_told_engaged,
            sum(d_told_seen) AS more_told_seen,
            countIf(is_pair) AS pairs,
            sumIf(assumeNotNull(followed_before), is_pair) AS before,
            sumIf(assumeNotNull(followers_now), is_pair) AS now
        FROM steps
        GROUP BY
            owner,
            platform,
            day
    )
SELECT
    guid(hash(concat('user_metrics:', owner, '\0', platform, '\0', toString(day)))) AS id,
    owner AS user_id,
    platform,
    day AS metric_date,
    if(sum(have_followed) OVER c > 0, toInt64(sum(more_followed) OVER c), NULL) AS followers_count,
    if(sum(have_follows) OVER c > 0, toInt64(sum(more_follows) OVER c), NULL) AS following_count,
    if(sum(have_seen) OVER c > 0, toInt64(sum(more_seen) OVER c), NULL) AS total_views,
    if(sum(have_engaged) OVER c > 0, toInt64(sum(more_engaged) OVER c), NULL) AS total_engagement,
    toInt64(sum(new_posts) OVER c) AS posts_count,
    within(hundredths(greatest(sum(more_told_engaged) OVER c, 0) * 100, sum(more_told_seen) OVER c), 0, 100) AS engagement_rate,
    if(pairs > 0, within(sign(now - before) * hundredths(abs(now - before) * 100, before), -100, 1000), NULL) AS growth_rate,
    first_at AS created_at,
    newest_at AS updated_at
FROM days
WINDOW c AS (PARTITION BY owner, platform ORDER BY day ASC ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW);

CREATE VIEW streakline.viewing_statistics
(
    `Id` String COMMENT 'Of the row: a UUID that is the same whenever it is read.',
    `UserId` String COMMENT 'The person.',
    `TimePeriod` String COMMENT 'week (from Monday), month, year or all.',
    `PeriodStart` DateTime64(3, 'UTC') COMMENT 'First moment of the period in the zone. Of all: the first play.',
    `PeriodEnd` DateTime64(3, 'UTC') COMMENT 'First moment after it, of one that is not over: now.',
    `TotalHours` Float64 COMMENT 'Time of all plays begun, counted or not, two decimals.',
    `TotalMovies` Int32 COMMENT 'Different movies finished in it.',
    `TotalShows` Int32 COMMENT 'Different shows of which an episode was finished in it.',
    `TotalEpisodes` Int32 COMMENT 'Different episodes finished in it.',
    `CalculatedAt` DateTime64(3, 'UTC') COMMENT 'When the newest of its events was accepted, UTC.'
)
DEFINER = streakline SQL SECURITY DEFINER
COMMENT 'Hours, movies, shows and episodes of every person by calendar week, month and year, and in all, until now. Days are those of the event\'s own zone, else of the zone that the setting session_timezone names (UTC if none).'
AS WITH
    name -> SHA1(concat(unhex('ac97b48fe32958569e8a002e73c8f695'), name)) AS hash,
    (digest -> lower(concat(hex(substring(digest, 1, 4)), '-', hex(substring(digest, 5, 2)), '-5', substring(hex(substring(digest, 7, 2)), 2, 3), '-', hex(bitOr(bitAnd(reinterpretAsUInt8(substring(digest, 9, 1)), 63), 128)), hex(substring(digest, 10, 1)), '-', hex(substring(digest, 11, 6))))) AS guid,
    fromUnixTimestamp64Milli(toInt64(0), 'UTC') AS never,
    now64(3) AS as_of,
    as_of + toIntervalSecond(timeZoneOffset(toTimeZone(as_of, timezone()))) AS today,
    (day -> fromUnixTimestamp64Milli(toInt64(toUnixTimestamp(toDateTime(day, timezone()))) * 1000, 'UTC')) AS midnight
SELECT
    guid(hash(concat('viewing_statistics:', period.1, ':', if((period.1) = 'all', '', concat(toString(period.2), ':')), userId))) AS Id,
    userId AS UserId,
    period.1 AS TimePeriod,
    if(TimePeriod = 'all', min(at), midnight(period.2)) AS PeriodStart,
    if(TimePeriod = 'all', as_of, least(as_of, midnight(period.3))) AS PeriodEnd,
    intDiv((toInt64(sum(lasted)) * 200) + 3600000, 7200000) / 100 AS TotalHours,
    toInt32(uniqExactIf(contentId, finished AND (contentType = 'movie'))) AS TotalMovies,
    toInt32(uniqExactIf(show, finished AND (show != ''))) AS TotalShows,
    toInt32(uniqExactIf(contentId, finished AND (contentType = 'episode'))) AS TotalEpisodes,
    max(accepted) AS CalculatedAt
FROM
(
    SELECT
        userId,
        person_rows.contentId AS contentId,
        at,
        accepted,
        done > never AS finished,
        contentType,
        multiIf(contentType = 'episode', parentId, contentType = 'show', person_rows.contentId, '') AS show,
        time_ms + ((plays - timed) * content.duration) AS lasted,
        toDate(least(local, today)) AS day
    FROM streakline.person_rows
    LEFT JOIN streakline.content ON content.contentId = person_rows.contentId
)
ARRAY JOIN [('week', toMonday(day), toMonday(day) + 7), ('month', toStartOfMonth(day), toStartOfMonth(day) + toIntervalMonth(1)), ('year', toStartOfYear(day), toStartOfYear(day) + toIntervalYear(1)), ('all', toDate(0), toDate(0))] AS period
GROUP BY
    userId,
    period;

CREATE VIEW streakline.viewing_streaks
(
    `Id` String COMMENT 'Of the streak: a UUID that is the same whenever it is read.',
    `UserId` String COMMENT 'The person.',
    `CurrentStreak` Int32 COMMENT 'Days with a play in the streak that is alive now, 0 if none is.',
    `LongestStreak` Int32 COMMENT 'Days with a play in the longest streak there was.',
    `LastWatchedDate` Nullable(Date) COMMENT 'The last day with a counted play, null if there is none.',
    `StreakStartDate` Nullable(Date) COMMENT 'The first day of the streak that is alive now, null if none is.',
    `UpdatedAt` DateTime64(3, 'UTC') COMMENT 'When the newest event of the person was accepted, UTC.'
)
DEFINER = streakline SQL SECURITY DEFINER
COMMENT 'The streak of every person now. Days are those of the event\'s own zone, else of the zone that the setting session_timezone names (UTC if none). Freezes, pauses, repairs, weekends off and the mode rolling-24h are not in it: ask the API.'
AS WITH
    name -> SHA1(concat(unhex('ac97b48fe32958569e8a002e73c8f695'), name)) AS hash,
    (digest -> lower(concat(hex(substring(digest, 1, 4)), '-', hex(substring(digest, 5, 2)), '-5', substring(hex(substring(digest, 7, 2)), 2, 3), '-', hex(bitOr(bitAnd(reinterpretAsUInt8(substring(digest, 9, 1)), 63), 128)), hex(substring(digest, 10, 1)), '-', hex(substring(digest, 11, 6))))) AS guid,
    86400000 AS day_ms,
    now64(3) AS as_of,
    (day -> toUnixTimestamp(toDateTime(toDate(toUInt16(day)), timezone()))) AS midnight,
    ((one, next) -> ((((next.3) - (one.3)) > 1) AND ((((next.1) - (one.1)) < day_ms) OR ((((next.3) - (one.3)) - 1) <= intDiv(((next.4) - (next.1)) - ((one.4) - (one.1)), day_ms))))) AS is_jump,
    ((one, next) -> range((one.3) + 1, if(is_jump(one, next), next.3, (one.3) + 1))) AS jumped,
    ((skipped, one, next) -> (((next - one) <= 3) AND arrayAll(day -> (has(skipped, day) OR (midnight(day) = midnight(day + 1))), range(one + 1, if((next - one) <= 3, next, one + 1))))) AS holds
SELECT
    guid(hash(concat('viewing_streaks:', userId))) AS Id,
    userId AS UserId,
    toInt32(if(alive, length(runs[-1]), 0)) AS CurrentStreak,
    toInt32(arrayMax(arrayMap(run -> length(run), runs))) AS LongestStreak,
    if(empty(days), NULL, toDate(toUInt16(days[-1]))) AS LastWatchedDate,
    if(alive, toDate(toUInt16((runs[-1])[1])), NULL) AS StreakStartDate,
    newest AS UpdatedAt
FROM
(
    SELECT
        userId,
        newest,
        days,
        arraySplit((day, broken) -> broken, days, broken) AS runs,
        notEmpty(days) AND holds(skipped, days[-1], greatest(today, (days[-1]) + 1)) AS alive
    FROM
    (
        SELECT
            userId,
            newest,
            days,
            skipped,
            today,
            if(empty(days), [], arrayConcat([false], arrayMap((one, next) -> (NOT holds(skipped, one, next)), arrayPopBack(days), arrayPopFront(days)))) AS broken
        FROM
        (
            SELECT
                userId,
                newest,
                today,
                arraySort(arrayDistinct(arrayMap(one -> (one.3), moments))) AS days,
                arrayFlatten(arrayMap((one, next) -> jumped(one, next), arrayPopBack(moments), arrayPopFront(moments))) AS skipped
            FROM
            (
                SELECT
                    userId,
                    max(accepted) AS newest,
                    intDiv(toUnixTimestamp64Milli(as_of) + (timeZoneOffset(toTimeZone(as_of, timezone())) * 1000), day_ms) AS today,
                    arraySort(groupArrayArray(arrayFilter(one -> ((one.1) < toUnixTimestamp64Milli(as_of)), if(plays > 0, [(toUnixTimestamp64Milli(at), offset, intDiv(toUnixTimestamp64Milli(local), day_ms), toUnixTimestamp64Milli(local)), (toUnixTimestamp64Milli(last), offset, intDiv(toUnixTimestamp64Milli(local_last), day_ms), toUnixTimestamp64Milli(local_last))], [])))) AS moments
                FROM streakline.person_rows
                GROUP BY userId
            )
        )
    )
);

CREATE VIEW streakline.weekly_stats
(
    `id` String COMMENT 'Of the row: the content id, a colon and that Monday.',
    `trackId` String COMMENT 'The content.',
    `weekStart` Date COMMENT 'Monday of the ISO week, UTC.',
    `totalPlays` Int64 COMMENT 'Plays that count by the rule in force when they were sent.',
    `uniquePlays` Int64 COMMENT 'Sessions with a counted play, to about 0.1 per cent (exact to about 1,000). 0 where clients send no sessionId.',
    `totalLikes` Int64 COMMENT 'Likes. Unlikes are not taken off.',
    `totalShares` Int64 COMMENT 'Shares.',
    `totalDownloads` Int64 COMMENT 'Downloads.',
    `totalSaves` Int64 COMMENT 'Saves. Unsaves are not taken off.',
    `avgDuration` Nullable(Float64) COMMENT 'Seconds played of an average counted play. Null where none gives a duration.',
    `avgCompletionRate` Nullable(Float64) COMMENT 'Per cent of the content that an average counted play reached. Null where none gives it.',
    `skipRate` Nullable(Float64) COMMENT 'Per cent of the begun plays that do not count. Null where none began.',
    `replayRate` Nullable(Float64) COMMENT 'Per cent of the counted plays that were replays. Null where none counts.',
    `createdAt` DateTime64(3, 'UTC') COMMENT 'When the newest of these events was accepted, UTC.'
)
DEFINER = streakline SQL SECURITY DEFINER
COMMENT 'Statistics of a content in an ISO week, from Monday, UTC. Dated by when it happened, not by when it arrived. Uniques do not add up over rows.'
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

CREATE VIEW streakline.year_in_reviews
(
    `Id` String COMMENT 'Of the year of the person: a UUID that is the same whenever it is read.',
    `UserId` String COMMENT 'The person.',
    `Year` Int32 COMMENT 'The year.',
    `TotalMovies` Int32 COMMENT 'Different movies finished in it.',
    `TotalShows` Int32 COMMENT 'Different shows of which an episode was finished in it.',
    `TotalHours` Float64 COMMENT 'Time of all plays begun, counted or not, two decimals.',
    `TopGenres` String COMMENT 'JSON: the five genres played most, and how many more have as many plays as the last of them.',
    `TopRated` String COMMENT 'JSON: the ten contents of the year that the person rated highest, with the newest rating.',
    `ViewingTrends` String COMMENT 'JSON: plays and hours by month, plays by weekday from Monday and by hour.',
    `MemorableMoments` String COMMENT 'JSON: numbers of which the API makes sentences: plays, days, artists, titles, the busiest day.',
    `GeneratedAt` DateTime64(3, 'UTC') COMMENT 'When the newest of its events was accepted, UTC.'
)
DEFINER = streakline SQL SECURITY DEFINER
COMMENT 'Every year of every person in which a play counts. Years are those of the event\'s own zone, else of the zone that the setting session_timezone names (UTC if none).'
AS WITH
    name -> SHA1(concat(unhex('ac97b48fe32958569e8a002e73c8f695'), name)) AS hash,
    (digest -> lower(concat(hex(substring(digest, 1, 4)), '-', hex(substring(digest, 5, 2)), '-5', substring(hex(substring(digest, 7, 2)), 2, 3), '-', hex(bitOr(bitAnd(reinterpretAsUInt8(substring(digest, 9, 1)), 63), 128)), hex(substring(digest, 10, 1)), '-', hex(substring(digest, 11, 6))))) AS guid,
    fromUnixTimestamp64Milli(toInt64(0), 'UTC') AS never,
    (ms -> (intDiv((toInt64(ms) * 200) + 3600000, 7200000) / 100)) AS hours,
    (text -> arrayDistinct(arrayFilter(name -> (name != ''), arrayMap(part -> trimBoth(replaceRegexpAll(part, '[\\pZ\\s\\v\\x{1c}-\\x{1f}\\x{85}]+', ' ')), splitByRegexp('[,/\\x3b]', text))))) AS genres_of
SELECT
    guid(hash(concat('year_in_reviews:', toString(year), ':', userId))) AS Id,
    userId AS UserId,
    year AS Year,
    movies AS TotalMovies,
    shows AS TotalShows,
    hours(all_ms) AS TotalHours,
    toJSONString(CAST((arrayMap(one -> (arrayCount(other -> ((other.2) > (one.2)), ranked) + 1, one.1, one.1, one.2), arraySlice(ranked, 1, 5)), arrayCount(other -> ((other.2) = ((ranked[5]).2)), arraySlice(ranked, 6))), 'Tuple(first Array(Tuple(rank UInt32, id String, name String, plays UInt32)), tied UInt32)')) AS TopGenres,
    toJSONString(CAST(arrayMap(one -> (one.2, one.3, (-(one.1)) / 100), arraySlice(rated_first, 1, 10)), 'Array(Tuple(id String, name String, rating Float64))')) AS TopRated,
    toJSONString(CAST((plays_by_month, arrayMap(ms -> hours(ms), ms_by_month), plays_by_weekday, plays_by_hour), 'Tuple(playsByMonth Array(UInt32), hoursByMonth Array(Float64), playsByWeekday Array(UInt32), playsByHour Array(UInt32))')) AS ViewingTrends,
    toJSONString(CAST((all_plays, length(days), artists, titles, (toString(busiest[1]), most, arrayMap(day -> toString(day), arraySlice(busiest, 2)))), 'Tuple(\n            plays UInt32, daysWatched UInt32, artists UInt32, titles UInt32,\n            busiestDay Tuple(date String, plays UInt32, tied Array(String))\n        )')) AS MemorableMoments,
    newest AS GeneratedAt
FROM
(
    SELECT
        userId,
        toInt32(toYear(local)) AS year,
        toInt32(uniqExactIf(contentId, finished AND (contentType = 'movie'))) AS movies,
        toInt32(uniqExactIf(show, finished AND (show != ''))) AS shows,
        sum(lasted) AS all_ms,
        sum(plays) AS all_plays,
        uniqExactIf(contentId, plays > 0) AS titles,
        uniqExactIf(creatorId, (plays > 0) AND (creatorId != '')) AS artists,
        sumMap(genres, arrayMap(one -> plays, genres)) AS by_genre,
        arraySort(one -> (-toInt64(one.2), one.1), arrayFilter(one -> ((one.1) != 'unknown'), arrayZip(by_genre.1, by_genre.2))) AS ranked,
        arraySort(groupUniqArrayIf((-toInt32(newest_rating), contentId, name), is_rated AND (plays > 0))) AS rated_first,
        sumForEach(arrayMap(month -> if(month = toMonth(local), plays, 0), range(1, 13))) AS plays_by_month,
        sumForEach(arrayMap(month -> if(month = toMonth(local), lasted, 0), range(1, 13))) AS ms_by_month,
        sumForEach(arrayMap(day -> if(day = toDayOfWeek(local), plays, 0), range(1, 8))) AS plays_by_weekday,
        sumForEach(arrayMap(hour -> if(hour = toHour(local), plays, 0), range(24))) AS plays_by_hour,
        sumMap([toDate(local)], [plays]) AS by_day,
        by_day.1 AS days,
        arrayMax(by_day.2) AS most,
        arrayFilter((day, count) -> (count = most), by_day.1, by_day.2) AS busiest,
        max(accepted) AS newest
    FROM
    (
        SELECT
            userId,
            person_rows.contentId AS contentId,
            local,
            plays,
            accepted,
            done > never AS finished,
            contentType,
            creatorId,
            multiIf(contentType = 'episode', parentId, contentType = 'show', person_rows.contentId, '') AS show,
            time_ms + ((plays - timed) * content.duration) AS lasted,
            if(title = '', person_rows.contentId, title) AS name,
            genres_of(genre) AS genres,
            max(rated) OVER person_content > never AS is_rated,
            argMax(rating, (rated, rating)) OVER person_content AS newest_rating
        FROM streakline.person_rows
        LEFT JOIN streakline.content ON content.contentId = person_rows.contentId
        WINDOW person_content AS (PARTITION BY userId, person_rows.contentId)
    )
    GROUP BY
        userId,
        year
    HAVING all_plays > 0
);

CREATE VIEW streakline.yearly_stats
(
    `id` String COMMENT 'Of the row: the content id, a colon and the year.',
    `trackId` String COMMENT 'The content.',
    `year` UInt16 COMMENT 'Calendar year, UTC.',
    `totalPlays` Int64 COMMENT 'Plays that count by the rule in force when they were sent.',
    `uniquePlays` Int64 COMMENT 'Sessions with a counted play, to about 0.1 per cent (exact to about 1,000). 0 where clients send no sessionId.',
    `totalLikes` Int64 COMMENT 'Likes. Unlikes are not taken off.',
    `totalShares` Int64 COMMENT 'Shares.',
    `totalDownloads` Int64 COMMENT 'Downloads.',
    `totalSaves` Int64 COMMENT 'Saves. Unsaves are not taken off.',
    `avgDuration` Nullable(Float64) COMMENT 'Seconds played of an average counted play. Null where none gives a duration.',
    `avgCompletionRate` Nullable(Float64) COMMENT 'Per cent of the content that an average counted play reached. Null where none gives it.',
    `skipRate` Nullable(Float64) COMMENT 'Per cent of the begun plays that do not count. Null where none began.',
    `replayRate` Nullable(Float64) COMMENT 'Per cent of the counted plays that were replays. Null where none counts.',
    `createdAt` DateTime64(3, 'UTC') COMMENT 'When the newest of these events was accepted, UTC.'
)
DEFINER = streakline SQL SECURITY DEFINER
COMMENT 'Statistics of a content in a calendar year, UTC. Dated by when it happened, not by when it arrived. Uniques do not add up over rows.'
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

CREATE VIEW streakline.zone_daily_stats
(
    `id` String COMMENT 'Of the row: the content id, a colon and the day.',
    `trackId` String COMMENT 'The content.',
    `date` Date COMMENT 'Day in the zone.',
    `totalPlays` Int64 COMMENT 'Plays that count by the rule in force when they were sent.',
    `uniquePlays` Int64 COMMENT 'Sessions with a counted play, to about 0.1 per cent (exact to about 1,000). 0 where clients send no sessionId.',
    `totalLikes` Int64 COMMENT 'Likes. Unlikes are not taken off.',
    `totalShares` Int64 COMMENT 'Shares.',
    `totalDownloads` Int64 COMMENT 'Downloads.',
    `totalSaves` Int64 COMMENT 'Saves. Unsaves are not taken off.',
    `avgDuration` Nullable(Float64) COMMENT 'Seconds played of an average counted play. Null where none gives a duration.',
    `avgCompletionRate` Nullable(Float64) COMMENT 'Per cent of the content that an average counted play reached. Null where none gives it.',
    `skipRate` Nullable(Float64) COMMENT 'Per cent of the begun plays that do not count. Null where none began.',
    `replayRate` Nullable(Float64) COMMENT 'Per cent of the counted plays that were replays. Null where none counts.',
    `createdAt` DateTime64(3, 'UTC') COMMENT 'When the newest of these events was accepted, UTC.',
    `zone` String COMMENT 'The zone of these days, as the setting session_timezone names it, by ClickHouse\'s edition of the zone files.'
)
DEFINER = streakline SQL SECURITY DEFINER
COMMENT 'Statistics of a content on a day of the zone that the setting session_timezone names (UTC if none): select ... settings session_timezone = \'Asia/Kolkata\'. Uniques do not add up over rows.'
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
    ) AS opened
SELECT
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
    fromUnixTimestamp64Milli(toInt64(bitShiftRight(max(bitAnd(version, 9223372036854775807)), 22)), 'UTC') AS createdAt,
    timezone() AS zone
FROM
(
    SELECT
        toDate(at, timezone()) AS date,
        contentId,
        version,
        events,
        starts,
        plays,
        replays,
        timed,
        played_ms,
        completed,
        completion_pm,
        likes,
        saves,
        shares,
        downloads,
        sessions
    FROM streakline.rollup
    FINAL
    WHERE grain = 'quarter'
    SETTINGS do_not_merge_across_partitions_select_final = 1, optimize_move_to_prewhere_if_final = 1
    UNION ALL
    SELECT
        toDate(ts, timezone()) AS date,
        contentId,
        0 AS version,
        0 AS events,
        0 AS starts,
        0 AS plays,
        0 AS replays,
        0 AS timed,
        0 AS played_ms,
        0 AS completed,
        0 AS completion_pm,
        0 AS likes,
        0 AS saves,
        0 AS shares,
        0 AS downloads,
        uniqCombined64StateIf(xxh3(sessionId), counted AND (sessionId != '')) AS sessions
    FROM streakline.events
    FINAL
    WHERE (toStartOfFifteenMinutes(ts) > opened) AND (toStartOfFifteenMinutes(ts) > (closed_to[shard])) AND countable
    GROUP BY
        date,
        contentId
    SETTINGS do_not_merge_across_partitions_select_final = 1, optimize_move_to_prewhere_if_final = 1
)
WHERE contentId != ''
GROUP BY
    trackId,
    date
HAVING sum(events) > 0;

CREATE VIEW streakline.zone_days
COMMENT 'Internal, takes parameters (tz, first, last): counts per content and day of a zone, up to two rows a day, by ClickHouse\'s edition of the zone files. Read zone_daily_stats instead.'
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
