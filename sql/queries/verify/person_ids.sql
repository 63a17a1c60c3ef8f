-- Compare the ids of persons with the events that they are copied of. Returns how many persons there are, how many lack, and some of
-- these. An id of no event is none too many: whose play another person took over had events before.
with persons as
(
    select listener64, userId, max(is_event) as stored, max(not is_event) as copied
    from
    (
        select distinct listener64, userId, true as is_event from events where userId != ''
        union all
        select listener64, userId, false from person_ids
    )
    group by listener64, userId
)
select
    countIf(stored) as compared, countIf(stored and not copied) as differing,
    groupArrayIf(20)(userId, stored and not copied) as examples
from persons
