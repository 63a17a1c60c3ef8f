-- The lifetime of every content of a shard: the sum of its quarter hours up to `upto`, without FINAL. For `verify`,
-- which compares it with the base in Redis.
with
    stored as
    (
        select
            at, contentId,
            argMax([
                events, starts, plays, finished, replays, time_ms, timed, played_ms, completed,
                completion_pm, likes, unlikes, saves, unsaves, shares, downloads, comments, follows, rates,
                creates, exports, reactions, upgrades, unfollows
            ], version) as m,
            argMax(mapConcat(
                mapApply((k, v) -> (concat('by_source=', k), toInt64(v)), by_source),
                mapApply((k, v) -> (concat('by_platform=', k), toInt64(v)), by_platform),
                mapApply((k, v) -> (concat('by_country=', k), toInt64(v)), by_country),
                mapApply((k, v) -> (concat('by_device=', k), toInt64(v)), by_device),
                mapApply((k, v) -> (concat('shares_by_platform=', k), toInt64(v)), shares_by_platform)
            ), version) as cells,
            argMax((listeners, sessions, users), version) as u
        from rollup
        where grain = 'quarter' and shard = {shard:UInt8} and at <= {upto:DateTime('UTC')}
        group by at, contentId
    )
select contentId, sumForEach(m) as measures, sumMap(cells) as cells
from stored
group by contentId
order by contentId
