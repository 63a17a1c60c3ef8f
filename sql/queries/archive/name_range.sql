-- Name the keys of a shard from `first` to `last` for a run of the recount: all in `events` or in `rollup`.
insert into recount_keys (run, at, contentId)
select {run:UInt64}, toStartOfFifteenMinutes(ts) as at, contentId
from events
where shard = {shard:UInt8} and toStartOfFifteenMinutes(ts) between {first:DateTime('UTC')} and {last:DateTime('UTC')}
group by at, contentId
union distinct
select {run:UInt64}, at, contentId
from rollup
where grain = 'quarter' and shard = {shard:UInt8} and at between {first:DateTime('UTC')} and {last:DateTime('UTC')}
