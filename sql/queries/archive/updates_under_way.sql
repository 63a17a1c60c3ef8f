-- How many changes of rows of `events` are not done yet, and why one of them failed at its last try. Called by archive.
select count(), anyIf(latest_fail_reason, latest_fail_reason != '')
from system.mutations
where database = currentDatabase() and table = 'events' and not is_done
