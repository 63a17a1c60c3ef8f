-- Of the posts of an owner that the catalogue knows the moment of, what stood at each age: the last observation up to it and
-- after the age before. Called by the server.
with
    published as
    (
        select id as contentId, argMax(moment, version) as at
        from
        (
            select
                id, version,
                if(match(value, '^[0-9]{1,15}$'), fromUnixTimestamp64Milli(toInt64OrZero(value), 'UTC'),
                    parseDateTime64BestEffortOrNull(value, 3, 'UTC')) as moment
            from facts
            where subject = 'content' and fact = 'created'
                and id in (select contentId from observations where owner = {owner:String} and contentId != '')
        )
        where moment is not null
        group by id
    )
select platform, account, post, name, any(contentId) as content, age, argMax(value, (ms, 18446744073709551615 - earliness, fetchedAt, id)) as found
from
(
    select
        o.platform as platform, o.account as account, o.post as post, o.name as name, o.contentId as contentId, o.value as value,
        o.earliness as earliness, o.fetchedAt as fetchedAt, o.id as id, toUnixTimestamp64Milli(o.observedAt) as ms,
        arrayFirstIndex(most -> ms - toUnixTimestamp64Milli(p.at) <= most, {ages:Array(Int64)}) as age
    from observations as o final
    inner join published as p on o.contentId = p.contentId
    where o.owner = {owner:String} and o.observedAt < {end:DateTime64(3, 'UTC')} and o.observedAt >= p.at
        and o.earliness >= {earliest:UInt64}
        and o.name in ('views', 'likes', 'comments', 'shares', 'reach', 'retweets', 'replies')
        and ({platforms:Array(String)} = [] or has({platforms:Array(String)}, o.platform))
)
where age > 0
group by platform, account, post, name, age
