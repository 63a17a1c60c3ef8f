-- Compare what other platforms measured with the events that it is copied of. Returns how many there are and differ, and of
-- some (owner, platform, name, id, moment in ms, whether the copy lacks). What `events` has merged with an event of the same
-- identity may have been copied before: no row is one too many whose identity is there.
with
    measured as
    (
        select
            owner, platform, account, post, name, currency, at, id, value,
            max(is_event) as stored, max(not is_event) as copied
        from
        (
            select
                userId as owner, JSONExtractString(properties, 'platform') as platform,
                JSONExtractString(properties, 'account') as account, JSONExtractString(properties, 'post') as post,
                JSONExtractString(properties, 'name') as name, JSONExtractString(properties, 'currency') as currency,
                ts as at, id, JSONExtractFloat(properties, 'value') as value, true as is_event
            from events
            where kind = 23 and userId != '' and JSONExtractString(properties, 'platform') != ''
            union all
            select
                owner, platform, account, post, name, currency, observedAt as at, id, value, false as is_event
            from observations
        )
        group by owner, platform, account, post, name, currency, at, id, value
    ),
    judged as
    (
        select *, not copied and (at, id) not in (select observedAt, id from observations)
            or not stored and (at, id) not in (select ts, id from events where kind = 23) as differs
        from measured
    )
select
    count() as compared, countIf(differs) as differing,
    groupArrayIf(20)((owner, platform, name, id, toUnixTimestamp64Milli(at), not copied), differs) as examples
from judged
