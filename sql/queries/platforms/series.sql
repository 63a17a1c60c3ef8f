-- Every number of an owner: what stood at the end of each day on which it was observed, and at each age of its post that the
-- catalogue knows the moment of. Of a day or age the last moment stands, of a moment what was accepted last. Called by the server.
-- Days are told by their first moment, 0 is any before the first of `starts`; ages by their place among `steps`, from 1 on.
with
    published as
    (
        select id, toUnixTimestamp64Milli(argMax(assumeNotNull(moment), version)) as born
        from
        (
            select
                id, version,
                if(match(value, '^[0-9]{1,15}$'), fromUnixTimestamp64Milli(toInt64OrZero(value), 'UTC'),
                    parseDateTime64BestEffortOrNull(value, 3, 'UTC')) as moment
            from facts
            where subject = 'content' and fact = 'created' and notEmpty({steps:Array(Int64)})
                and id in (select contentId from observations where owner = {owner:String} and contentId != '')
        )
        where moment is not null
        group by id
    )
select
    platform, account, post, name, currency, content, seen,
    arrayFilter((day, is_last) -> is_last, days, lasts) as starts,
    arrayFilter((value, is_last) -> is_last, points.5, lasts) as values,
    arrayFilter((age, is_last) -> is_last, ages_of_young, ends) as ages,
    arrayFilter((value, is_last) -> is_last, young.5, ends) as aged
from
(
    select
        platform, account, post, name, currency, content, seen, points,
        arrayMap(point -> if(point.1 < {starts:Array(Int64)}[1], 0, roundDown(point.1, {starts:Array(Int64)})), points) as days,
        arrayMap((day, place) -> place = length(days) or day != days[place + 1], days, arrayEnumerate(days)) as lasts,
        arrayFilter(point -> born != 0 and point.1 >= born and point.1 - born <= {steps:Array(Int64)}[-1], points) as young,
        arrayMap(point -> arrayFirstIndex(most -> point.1 - born <= most, {steps:Array(Int64)}), young) as ages_of_young,
        arrayMap((age, place) -> age != ages_of_young[place + 1], ages_of_young, arrayEnumerate(ages_of_young)) as ends
    from
    (
        select
            platform, account, post, name, currency, any(contentId) as content, max(ms) as seen,
            arraySort(groupArray((ms, 18446744073709551615 - earliness, fetchedAt, id, value))) as points
        from (select *, toUnixTimestamp64Milli(observedAt) as ms from observations final)
        where owner = {owner:String} and observedAt < {end:DateTime64(3, 'UTC')} and earliness >= {earliest:UInt64}
            and ({contents:Array(String)} = [] or has({contents:Array(String)}, contentId))
            and ({names:Array(String)} = [] or has({names:Array(String)}, name))
            and ({platforms:Array(String)} = [] or has({platforms:Array(String)}, platform))
        group by platform, account, post, name, currency
    ) as numbers
    left join published on numbers.content = published.id
)
order by platform, account, post, name, currency
