-- What the catalogue knows of the contents of some persons, as lists side by side: of all that the persons' rows name before
-- `closed_end`, and of what came after it. That is more than `rows.sql` answers with, never less. Called by the server.
select
    groupArray(content) as ids, groupArray(type) as types, groupArray(parent) as parents, groupArray(creator) as creators,
    groupArray(genre) as genres, groupArray(title) as titles, groupArray(length) as lengths
from
(
    select
        id as content, anyIf(value, fact = 'type') as type, anyIf(value, fact = 'parent') as parent,
        anyIf(value, fact = 'creator') as creator, anyIf(value, fact = 'genre') as genre, anyIf(value, fact = 'title') as title,
        toUInt64OrZero(anyIf(value, fact = 'duration')) as length
    from facts final
    where subject = 'content' and fact in ('type', 'parent', 'creator', 'genre', 'title', 'duration')
        and id in (
            select contentId
            from person_history
            where userId in {users:Array(String)} and at < {closed_end:DateTime64(3, 'UTC')}
            union distinct
            select contentId
            from events
            where userId in {users:Array(String)} and ts >= {closed_end:DateTime64(3, 'UTC')} and ts < {end:DateTime64(3, 'UTC')}
        )
    group by id
)
settings do_not_merge_across_partitions_select_final = 1, optimize_move_to_prewhere_if_final = 1
