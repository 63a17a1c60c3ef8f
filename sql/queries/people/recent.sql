-- The newest counted plays of one person before a moment. Only the keys that hold some are read: of the rows whose last play is
-- newest as many as plays are wanted, and what comes after `closed_end`. Called by the server.
select
    toUnixTimestamp64Milli(ts) as ms, contentId as content, platform as app, timed, duration as lasted
from events final
where userId = {user:String} and countable and counted and ts < {end:DateTime64(3, 'UTC')}
    and (toStartOfFifteenMinutes(ts), shard, contentId) in (
        select at, shard, contentId
        from
        (
            select at, shard, contentId
            from person_history final
            where userId = {user:String} and plays > 0 and at < {closed_end:DateTime64(3, 'UTC')}
            order by last desc
            limit {limit:UInt16}
        )
        union distinct
        select toStartOfFifteenMinutes(ts), shard, contentId
        from events
        where userId = {user:String} and ts >= {closed_end:DateTime64(3, 'UTC')} and ts < {end:DateTime64(3, 'UTC')}
    )
order by ts desc, contentId, id
limit {limit:UInt16}
settings do_not_merge_across_partitions_select_final = 1, optimize_move_to_prewhere_if_final = 1
