-- Compare personal events by person with the events that they are copied of. Returns how many there are and differ, and of some
-- (person, kind, id, moment in ms, whether the copy lacks). What `events` has merged with an event of the same identity may
-- have been copied before: no row is one too many whose identity is there.
with
    stated as
    (
        select userId, kind, id, at, properties, max(is_event) as stored, max(not is_event) as copied
        from
        (
            select userId, kind, id, ts as at, properties, true as is_event from events where kind in (17, 18, 19, 20) and userId != ''
            union all
            select userId, kind, id, at, properties, false from personal_events
        )
        group by userId, kind, id, at, properties
    ),
    judged as
    (
        select *, not copied or not stored and (at, id) not in (select ts, id from events where kind in (17, 18, 19, 20)) as differs
        from stated
    )
select
    count() as compared, countIf(differs) as differing,
    groupArrayIf(20)((userId, kind, id, toUnixTimestamp64Milli(at), not copied), differs) as examples
from judged
