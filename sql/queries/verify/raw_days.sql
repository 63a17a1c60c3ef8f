-- The UTC days of which `events` or `rollup` has rows of a shard, and how many: what `verify` cuts its work by.
select day, sum(number) as number
from
(
    select toDate(ts) as day, count() as number from events where shard = {shard:UInt8} group by day
    union all
    select toDate(at) as day, count() as number from rollup where shard = {shard:UInt8} group by day
)
group by day
order by day
