-- How many persons follow a creator before a moment, and how many creators he follows, as a person: those whose last word
-- on it, by the time of the event, is a follow. Of the same millisecond an unfollow is the last. Called by the server.
select
    (
        select count()
        from
        (
            select userId
            from events final
            where kind in (11, 24) and countable and creatorId = {creator:String} and userId != ''
                and ts < {end:DateTime64(3, 'UTC')}
                and (toStartOfFifteenMinutes(ts), shard) in (
                    select at, shard from follow_quarters where subject = 'creator' and id = {creator:String}
                )
            group by userId
            having argMax(kind, (ts, kind)) = 11
        )
    ) as followers,
    (
        select count()
        from
        (
            select creatorId
            from events final
            where kind in (11, 24) and countable and userId = {creator:String} and creatorId != ''
                and ts < {end:DateTime64(3, 'UTC')}
                and (toStartOfFifteenMinutes(ts), shard) in (
                    select at, shard from follow_quarters where subject = 'user' and id = {creator:String}
                )
            group by creatorId
            having argMax(kind, (ts, kind)) = 11
        )
    ) as following
settings do_not_merge_across_partitions_select_final = 1, optimize_move_to_prewhere_if_final = 1
