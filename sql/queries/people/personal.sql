-- What is stated of some persons' streaks up to a moment, in no order. Called by the server.
select userId, kind, id, toUnixTimestamp64Milli(at) as ms, properties
from personal_events final
where userId in {users:Array(String)} and at <= {end:DateTime64(3, 'UTC')}
