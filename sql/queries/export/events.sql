-- Every event of a range (ms, half open), of one content unless that is empty, as analysts see it. Called by the server.
select *
from event_log
where timestamp >= fromUnixTimestamp64Milli({start:Int64}, 'UTC') and timestamp < fromUnixTimestamp64Milli({end:Int64}, 'UTC')
    and ({content:String} = '' or contentId = {content:String})
