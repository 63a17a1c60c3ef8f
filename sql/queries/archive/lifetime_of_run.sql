-- Lifetime counts, up to `upto`, of the contents that a run of the recount touched: their new base.
select
    contentId,
    max(contentType) as contentType,
    sum(events) as events,
    sum(starts) as starts,
    sum(plays) as plays,
    sum(finished) as finished,
    sum(replays) as replays,
    sum(time_ms) as time_ms,
    sum(timed) as timed,
    sum(played_ms) as played_ms,
    sum(completed) as completed,
    sum(completion_pm) as completion_pm,
    sum(likes) as likes,
    sum(unlikes) as unlikes,
    sum(saves) as saves,
    sum(unsaves) as unsaves,
    sum(shares) as shares,
    sum(downloads) as downloads,
    sum(comments) as comments,
    sum(follows) as follows,
    sum(rates) as rates,
    sum(creates) as creates,
    sum(exports) as exports,
    sum(reactions) as reactions,
    sum(upgrades) as upgrades,
    sum(unfollows) as unfollows,
    sumMap(by_source) as by_source,
    sumMap(by_platform) as by_platform,
    sumMap(by_country) as by_country,
    sumMap(by_device) as by_device,
    sumMap(shares_by_platform) as shares_by_platform
from
(
    select
        contentId, contentType, events, starts, plays, finished, replays, time_ms, timed, played_ms,
        completed, completion_pm, likes, unlikes, saves, unsaves, shares, downloads, comments, follows,
        rates, creates, exports, reactions, upgrades, unfollows, by_source, by_platform, by_country,
        by_device, shares_by_platform
    from content_days final
    where shard = {shard:UInt8} and at < toStartOfDay({upto:DateTime('UTC')} + 900)
        and contentId in (select contentId from recount_keys where run = {run:UInt64})
    settings do_not_merge_across_partitions_select_final = 1, optimize_move_to_prewhere_if_final = 1
    union all
    select
        contentId, contentType, events, starts, plays, finished, replays, time_ms, timed, played_ms,
        completed, completion_pm, likes, unlikes, saves, unsaves, shares, downloads, comments, follows,
        rates, creates, exports, reactions, upgrades, unfollows, by_source, by_platform, by_country,
        by_device, shares_by_platform
    from rollup final
    where grain = 'quarter' and shard = {shard:UInt8}
        and at >= toStartOfDay({upto:DateTime('UTC')} + 900) and at <= {upto:DateTime('UTC')}
        and contentId in (select contentId from recount_keys where run = {run:UInt64})
    settings do_not_merge_across_partitions_select_final = 1, optimize_move_to_prewhere_if_final = 1
)
group by contentId
