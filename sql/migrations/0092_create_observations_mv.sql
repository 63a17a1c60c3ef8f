-- Copies metrics as they are written. The owner may be part of the key: such an event never changes hands. What older builds
-- took unchecked names no platform in its properties and is left out.
create materialized view if not exists observations_mv to observations
(
    owner String comment 'The person.',
    platform LowCardinality(String) comment 'The platform.',
    account String comment 'The account.',
    post String comment 'The post.',
    name LowCardinality(String) comment 'Name of the number.',
    currency LowCardinality(String) comment 'Of money its ISO 4217 code.',
    observedAt DateTime64(3, 'UTC') comment 'The moment that the number is of.',
    contentId String comment 'The content in the catalogue.',
    id String comment 'Id of the event.',
    value Float64 comment 'The number.',
    fetchedAt DateTime64(3, 'UTC') comment 'When it was fetched.',
    surface LowCardinality(String) comment 'The interface that told it.',
    api LowCardinality(String) comment 'The version of that interface.',
    earliness UInt64 comment 'The greater, the earlier it was accepted.'
)
as
select
    userId as owner,
    p.1 as platform,
    p.2 as account,
    p.3 as post,
    p.4 as name,
    p.5 as currency,
    ts as observedAt,
    if(contentId = '' and p.3 != '', concat(p.1, ':', p.3), contentId) as contentId,
    id,
    p.6 as value,
    fromUnixTimestamp64Milli(p.7, 'UTC') as fetchedAt,
    p.8 as surface,
    p.9 as api,
    toUInt64(bitAnd(version, 18446744073709551615)) as earliness
from
(
    select
        userId, ts, contentId, id, version,
        JSONExtract(
            properties,
            'Tuple(platform String, account String, post String, name String, currency String, value Float64, fetchedAt Int64, surface String, version String)'
        ) as p
    from events
    where kind = 23 and userId != ''
)
where p.1 != ''
comment 'Internal: copies metrics to observations.'
