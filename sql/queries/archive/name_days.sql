-- Name all quarter hours of a shard from `first` to `last` for a run: to count days for the first time.
insert into recount_keys (run, at, contentId)
select {run:UInt64}, at, contentId
from rollup
where grain = 'quarter' and shard = {shard:UInt8} and at between {first:DateTime('UTC')} and {last:DateTime('UTC')}
group by at, contentId
