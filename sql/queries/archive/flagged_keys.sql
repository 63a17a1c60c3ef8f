-- The (quarter hour, content) keys of a shard with an event of an entry up to `position` that was flagged for a reason and
-- that one of some rules matches, in order of time. Called by archive for a control entry, see streakline/ingest/robots.py.
select toStartOfFifteenMinutes(ts) as at, contentId
from events
where shard = {shard:UInt8} and entry <= {position:UInt64} and botReason != ''
    and ts >= {first:DateTime('UTC')} and ts < toDateTime64({end:DateTime('UTC')}, 3, 'UTC')
    and arrayExists(
        (r, a, s) -> (r = '' or r = botReason) and (a = '' or position(userAgent, a) > 0)
            and (s = '' or s = if(mapContains(sent, 'source'), sent['source'], source)),
        {reasons:Array(String)}, {agents:Array(String)}, {sources:Array(String)}
    )
group by at, contentId
order by at, contentId
limit {most:UInt64}
