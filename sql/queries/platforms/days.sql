-- Of every number of an owner what stood at the end of each day: of the last moment of the day on which it was observed what
-- was accepted last. Called by the server. Days are told by their first moment; 0 is any before the first of `starts`.
select
    platform, account, post, name, currency, any(contentId) as content, max(seen) as seen,
    arrayMap(day -> day.1, arraySort(groupArray((start, value))) as days) as starts,
    arrayMap(day -> day.2, days) as values
from
(
    select
        platform, account, post, name, currency, any(contentId) as contentId, max(ms) as seen,
        if(ms < {starts:Array(Int64)}[1], 0, roundDown(ms, {starts:Array(Int64)})) as start,
        argMax(observations.value, (ms, 18446744073709551615 - earliness, fetchedAt, id)) as value
    from
    (
        select *, toUnixTimestamp64Milli(observedAt) as ms
        from observations final
        where owner = {owner:String} and observedAt < {end:DateTime64(3, 'UTC')}
            and earliness >= {earliest:UInt64}
            and ({contents:Array(String)} = [] or has({contents:Array(String)}, contentId))
            and ({names:Array(String)} = [] or has({names:Array(String)}, name))
            and ({platforms:Array(String)} = [] or has({platforms:Array(String)}, platform))
    ) as observations
    group by platform, account, post, name, currency, start
)
group by platform, account, post, name, currency
order by platform, account, post, name, currency
