-- Every event of one person in a range (ms, half open) as analysts see it. Called by the server.
select *
from event_log
where userId = {user:String}
    and timestamp >= fromUnixTimestamp64Milli({start:Int64}, 'UTC') and timestamp < fromUnixTimestamp64Milli({end:Int64}, 'UTC')
    and toStartOfFifteenMinutes(timestamp) in (
        select toStartOfFifteenMinutes(ts)
        from events
        where userId = {user:String}
            and ts >= fromUnixTimestamp64Milli({start:Int64}, 'UTC') and ts < fromUnixTimestamp64Milli({end:Int64}, 'UTC')
    )
