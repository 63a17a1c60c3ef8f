-- What is stated of one person's streak up to a moment, in no order. Called by the server.
select kind, id, toUnixTimestamp64Milli(at) as ms, properties
from personal_events final
where userId = {user:String} and at <= {end:DateTime64(3, 'UTC')}
