-- The open quarter hours of a shard, from `first`, counted from `events`: group by identity, no FINAL. For `verify`,
-- which compares it with what the content flow holds.
with
    standing as
    (
        select
            shard, contentId, ts, id, max(version) as newest,
            argMax((kind, bot, counted, finished, replayed, timed, duration, completion), version) as s,
            argMax((source, platform, country, device), version) as d,
            argMax((listener64, sessionId, userId), version) as w
        from events
        where shard = {shard:UInt8} and ts >= {first:DateTime('UTC')}
        group by shard, contentId, ts, id
    )
select
    toUnixTimestamp(toStartOfFifteenMinutes(ts)) as bucket, contentId,
    [
            count(), countIf(s.1 in (1, 2, 3)), countIf(s.3), countIf(s.3 and s.4), countIf(s.3 and s.5),
            sumIf(s.7, s.1 in (1, 2, 3)), countIf(s.3 and s.6), sumIf(s.7, s.3 and s.6),
            countIf(s.3 and s.8 < 65535), sumIf(s.8, s.3 and s.8 < 65535),
            countIf(s.1 = 4), countIf(s.1 = 5), countIf(s.1 = 6), countIf(s.1 = 7), countIf(s.1 = 8), countIf(s.1 = 9),
            countIf(s.1 = 10), countIf(s.1 = 11), countIf(s.1 = 12), countIf(s.1 = 13), countIf(s.1 = 14),
            countIf(s.1 = 15), countIf(s.1 = 16), countIf(s.1 = 24)
        ] as measures,
    sumMap(
            multiIf(
                s.3, mapFilter((k, v) -> not endsWith(k, '='), map(
                    concat('by_source=', d.1), 1, concat('by_platform=', d.2),
                    1, concat('by_country=', d.3), 1, concat('by_device=', d.4), 1)),
                s.1 = 8 and d.2 != '', map(concat('shares_by_platform=', d.2), 1),
                map()
            )
        ) as cells
from standing
where not s.2 and (s.1 between 1 and 16 or s.1 = 24)
group by bucket, contentId
order by bucket, contentId
