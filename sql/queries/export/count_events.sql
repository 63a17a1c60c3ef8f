-- How many rows `export/events` gives. Called by the server.
select count()
from event_log
where timestamp >= fromUnixTimestamp64Milli({start:Int64}, 'UTC') and timestamp < fromUnixTimestamp64Milli({end:Int64}, 'UTC')
    and ({content:String} = '' or contentId = {content:String})
