-- How many keys a run of the recount has.
select count() as keys
from recount_keys
where run = {run:UInt64}
