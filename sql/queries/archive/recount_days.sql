-- Recount UTC days from their quarter hours: every (day, content) of a run's keys, zeros included. Called by
-- archive for closed days (before `open_day`), after the quarter hours.
insert into rollup
(
    grain, at, shard, contentId, version, contentType, differs, events, starts, plays, finished, replays,
    time_ms, timed, played_ms, completed, completion_pm, likes, unlikes, saves, unsaves, shares, downloads,
    comments, follows, rates, creates, exports, reactions, upgrades, unfollows, by_source, by_platform,
    by_country, by_device, shares_by_platform, listeners, sessions, users
)
select
    'day',
    toStartOfDay(at) as day,
    {shard:UInt8},
    contentId,
    greatest({version:UInt64}, maxIf(version, grain = 'day') + 1),
    max(contentType),
    false,
    sumIf(events, grain = 'quarter'),
    sumIf(starts, grain = 'quarter'),
    sumIf(plays, grain = 'quarter'),
    sumIf(finished, grain = 'quarter'),
    sumIf(replays, grain = 'quarter'),
    sumIf(time_ms, grain = 'quarter'),
    sumIf(timed, grain = 'quarter'),
    sumIf(played_ms, grain = 'quarter'),
    sumIf(completed, grain = 'quarter'),
    sumIf(completion_pm, grain = 'quarter'),
    sumIf(likes, grain = 'quarter'),
    sumIf(unlikes, grain = 'quarter'),
    sumIf(saves, grain = 'quarter'),
    sumIf(unsaves, grain = 'quarter'),
    sumIf(shares, grain = 'quarter'),
    sumIf(downloads, grain = 'quarter'),
    sumIf(comments, grain = 'quarter'),
    sumIf(follows, grain = 'quarter'),
    sumIf(rates, grain = 'quarter'),
    sumIf(creates, grain = 'quarter'),
    sumIf(exports, grain = 'quarter'),
    sumIf(reactions, grain = 'quarter'),
    sumIf(upgrades, grain = 'quarter'),
    sumIf(unfollows, grain = 'quarter'),
    sumMapIf(by_source, grain = 'quarter'),
    sumMapIf(by_platform, grain = 'quarter'),
    sumMapIf(by_country, grain = 'quarter'),
    sumMapIf(by_device, grain = 'quarter'),
    sumMapIf(shares_by_platform, grain = 'quarter'),
    uniqCombined64MergeStateIf(listeners, grain = 'quarter'),
    uniqCombined64MergeStateIf(sessions, grain = 'quarter'),
    uniqCombined64MergeStateIf(users, grain = 'quarter')
from rollup final
where shard = {shard:UInt8} and at >= toStartOfDay({first:DateTime('UTC')})
    and at < least(toStartOfDay({last:DateTime('UTC')}) + 86400, {open_day:DateTime('UTC')})
    and (toStartOfDay(at), contentId) in (select toStartOfDay(at), contentId from recount_keys where run = {run:UInt64})
group by day, contentId
settings do_not_merge_across_partitions_select_final = 1, optimize_move_to_prewhere_if_final = 1
