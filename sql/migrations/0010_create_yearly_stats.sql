-- Yearly statistics of each content: a calendar year (UTC). Rates and completion in per cent, durations in seconds; null where
-- nothing gives the value. Unique plays are the sessions with a counted play.
create view if not exists yearly_stats as
select
    concat(contentId, ':', toString(year)) as id,
    contentId as trackId,
    toYear(date) as year,
    toInt64(sum(plays)) as totalPlays,
    toInt64(uniqCombined64Merge(sessions)) as uniquePlays,
    toInt64(sum(likes)) as totalLikes,
    toInt64(sum(shares)) as totalShares,
    toInt64(sum(downloads)) as totalDownloads,
    toInt64(sum(saves)) as totalSaves,
    sum(played_ms) / 1000 / nullIf(sum(timed), 0) as avgDuration,
    sum(completion_pm) / 10 / nullIf(sum(completed), 0) as avgCompletionRate,
    100 * (sum(starts) - sum(plays)) / nullIf(sum(starts), 0) as skipRate,
    100 * sum(replays) / nullIf(sum(plays), 0) as replayRate,
    fromUnixTimestamp64Milli(toInt64(bitShiftRight(bitAnd(max(version), 9223372036854775807), 22)), 'UTC') as createdAt
from day_counts
where contentId != ''
group by trackId, year
having sum(events) > 0
