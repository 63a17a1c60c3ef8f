-- What other platforms measured, one row a fetched number: all of an owner, and of each number all that was ever fetched, lie
-- side by side. Of several for one moment the newest that was accepted stands, see `sql/queries/platforms`.
create table if not exists observations
(
    owner String comment 'The person whose account it is.' codec(ZSTD(1)),
    platform LowCardinality(String) comment 'youtube, tiktok, instagram or twitter.' codec(ZSTD(1)),
    account String comment 'The account by the platform\'s own id, empty where only a content is named.' codec(ZSTD(1)),
    post String comment 'The post by the platform\'s own id, empty for a number of the account itself.' codec(ZSTD(1)),
    name LowCardinality(String) comment 'Name of the number.' codec(ZSTD(1)),
    currency LowCardinality(String) comment 'Of money its ISO 4217 code, empty for others.' codec(ZSTD(1)),
    observedAt DateTime64(3, 'UTC') comment 'The moment that the number is of.' codec(Delta(8), ZSTD(1)),
    contentId String comment 'The content in the catalogue, empty for a number of the account itself.' codec(ZSTD(1)),
    id String comment 'Id of the event.' codec(ZSTD(1)),
    value Float64 comment 'The number: whole, seconds, per cent or money.' codec(ZSTD(1)),
    fetchedAt DateTime64(3, 'UTC') comment 'When it was fetched, 1970 if nobody says.' codec(Delta(8), ZSTD(1)),
    surface LowCardinality(String) comment 'The interface that told it.' codec(ZSTD(1)),
    api LowCardinality(String) comment 'The version of that interface.' codec(ZSTD(1)),
    earliness UInt64 comment 'The greater, the earlier it was accepted.' codec(Delta(8), ZSTD(1)),
    accepted DateTime64(3, 'UTC') alias fromUnixTimestamp64Milli(toInt64(bitShiftRight(18446744073709551615 - earliness, 22)), 'UTC') comment 'When it was accepted.'
)
engine = ReplacingMergeTree(earliness)
order by (owner, platform, account, post, name, currency, observedAt, contentId, id)
comment 'Internal: what other platforms measured, by owner.'
