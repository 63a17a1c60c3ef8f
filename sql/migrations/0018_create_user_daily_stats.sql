-- The dashboard document's day of a creator (UTC): what he made, how often his contents were played, who began to
-- follow him (gross). Counted from `events`.
create view if not exists user_daily_stats as
select
    concat(user_id, ':', toString(date)) as id,
    user_id,
    date,
    toInt64(countIf(kind = 13)) as mashups_created,
    toInt64(countIf(kind <= 3 and counted)) as plays_received,
    toInt64(countIf(kind = 11)) as followers_gained
from
(
    select if(kind = 13, userId, creatorId) as user_id, toDate(ts) as date, kind, counted
    from events final
    where countable and kind in (1, 2, 3, 11, 13)
)
where user_id != ''
group by user_id, date
having mashups_created + plays_received + followers_gained > 0
settings do_not_merge_across_partitions_select_final = 1, optimize_move_to_prewhere_if_final = 1
