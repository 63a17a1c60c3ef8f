-- The first moment in ms of which anything was observed of an owner, and of how many. Called by the server.
select count() as number, toUnixTimestamp64Milli(min(observedAt)) as first
from observations
where owner = {owner:String}
