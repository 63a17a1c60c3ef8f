-- Which of the given ids (xxh3 of the text) events have, where such an event begins, and whether it counts. Without
-- FINAL: the greatest version of an identity is what stands.
select
    xxh3(id) as key, toUnixTimestamp64Milli(ts) as at, argMax(counted, version) as counted
from events
where
    ts between fromUnixTimestamp64Milli({first:Int64}) and fromUnixTimestamp64Milli({last:Int64})
    and xxh3(id) in (select key from given)
group by contentId, ts, id
