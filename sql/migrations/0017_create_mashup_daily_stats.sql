-- The dashboard document's day of a mashup. `unique_plays` counts persons (user ids), as the document's job does.
create view if not exists mashup_daily_stats as
select
    concat(contentId, ':', toString(date)) as id,
    contentId as mashup_id,
    date,
    toInt64(sum(plays)) as plays,
    toInt64(uniqCombined64Merge(users)) as unique_plays,
    toInt64(sum(likes)) as likes,
    toInt64(sum(shares)) as shares,
    toInt64(sum(comments)) as comments,
    toInt64(sum(downloads)) as downloads,
    sum(played_ms) / 1000 / nullIf(sum(timed), 0) as avg_watch_time   -- s
from day_counts
where contentType = 'mashup'
group by mashup_id, date
having sum(events) > 0
