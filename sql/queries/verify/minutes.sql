-- Counted plays, likes, saves, shares, downloads and comments of a shard by minute, from `first`, counted from
-- `events`: group by identity, no FINAL. For `verify`, which compares it with the live windows.
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
    toUnixTimestamp(toStartOfMinute(ts)) as minute,
    [
        countIf(s.3), countIf(s.1 = 4), countIf(s.1 = 6), countIf(s.1 = 8), countIf(s.1 = 9), countIf(s.1 = 10)
    ] as windowed
from standing
where not s.2 and (s.1 between 1 and 16 or s.1 = 24)
group by minute
order by minute
