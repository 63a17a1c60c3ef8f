-- The quarter hours that were closed before sums were kept.
insert into site_counts
(
    grain, at, shard, version, events, starts, plays, finished, replays, time_ms, timed, played_ms, completed,
    completion_pm, likes, unlikes, saves, unsaves, shares, downloads, comments, follows, rates, creates, exports,
    reactions, upgrades, unfollows, by_source, by_platform, by_country, by_device, shares_by_platform, listeners,
    sessions, users
)
select
    'quarter', at, shard, sum(toUInt128(rollup.version)),
    sum(events), sum(starts), sum(plays), sum(finished), sum(replays), sum(time_ms), sum(timed), sum(played_ms),
    sum(completed), sum(completion_pm), sum(likes), sum(unlikes), sum(saves), sum(unsaves), sum(shares),
    sum(downloads), sum(comments), sum(follows), sum(rates), sum(creates), sum(exports), sum(reactions), sum(upgrades),
    sum(unfollows), sumMap(by_source), sumMap(by_platform), sumMap(by_country), sumMap(by_device),
    sumMap(shares_by_platform), uniqCombined64MergeState(listeners), uniqCombined64MergeState(sessions),
    uniqCombined64MergeState(users)
from rollup final
inner join (select shard, upto from closed final) as closed using (shard)
where grain = 'quarter' and at <= upto
group by at, shard
