-- How many keys a run of the recount has, and from which to which quarter hour.
select count() as keys, min(at) as first, max(at) as last
from recount_keys
where run = {run:UInt64}
