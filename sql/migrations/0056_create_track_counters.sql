-- The counters of a track over all time: nothing keeps them, so they cannot drift.
create view if not exists track_counters
(
    trackId String comment 'The content.',
    playCount Int64 comment 'Plays that count by the rule in force when they were sent.',
    likeCount Int64 comment 'Likes less unlikes.',
    shareCount Int64 comment 'Shares.',
    downloadCount Int64 comment 'Downloads.'
)
sql security definer
as
select
    contentId as trackId,
    toInt64(sum(plays)) as playCount,
    toInt64(sum(likes)) - toInt64(sum(unlikes)) as likeCount,
    toInt64(sum(shares)) as shareCount,
    toInt64(sum(downloads)) as downloadCount
from day_counts
where contentId != ''
group by trackId
having sum(events) > 0
comment 'The lifetime of every content: plays, likes, shares and downloads over all time.'
