-- The (quarter hour, content) keys of a shard that have raw rows of entries above `position`, with the least of these
-- positions, from the quarter hour `first` on. A scan of one column: asked only when Redis went back. Called by archive.
select toStartOfFifteenMinutes(ts) as at, contentId, min(entry) as least
from events
where shard = {shard:UInt8} and entry > {position:UInt64} and ts >= {first:DateTime('UTC')}
group by at, contentId
