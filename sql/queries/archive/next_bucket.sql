-- The first quarter hour of a shard, from `first` to `last`, that has a row in `events` or `rollup`; none: no row.
select least_at
from
(
    select min(at) as least_at, count() as keys
    from
    (
        select toStartOfFifteenMinutes(ts) as at
        from events
        where shard = {shard:UInt8} and toStartOfFifteenMinutes(ts) between {first:DateTime('UTC')} and {last:DateTime('UTC')}
        order by toStartOfFifteenMinutes(ts)
        limit 1
        union all
        select at
        from rollup
        where grain = 'quarter' and shard = {shard:UInt8} and at between {first:DateTime('UTC')} and {last:DateTime('UTC')}
        order by at
        limit 1
    )
)
where keys > 0
