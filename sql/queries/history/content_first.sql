-- The first event of a content in the quarter hour that begins at `first`, in ms since 1970. Called by the server.
select toUnixTimestamp64Milli(min(ts)) as first
from events final
where toStartOfFifteenMinutes(ts) = {first:DateTime('UTC')} and shard = {shard:UInt8} and contentId = {content:String}
    and countable
settings optimize_move_to_prewhere_if_final = 1
