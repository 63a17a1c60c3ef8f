-- Copy what other platforms measured once more. What is there already changes nothing.
insert into observations
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
