-- The robots of a range, by why they are flagged and what they call themselves, with most events first, and on each row the
-- sums over all of them. `uncalled`: of them those that count after all. Called by the server.
select
    botReason as reason, userAgent as agent, count() as events, countIf(not bot) as uncalled,
    toUnixTimestamp64Milli(min(at)) as first_seen, toUnixTimestamp64Milli(max(at)) as last_seen,
    count() over () as all_robots, sum(events) over () as all_events, sum(uncalled) over () as all_uncalled
from events final
where botReason != '' and ts >= {start:DateTime64(3, 'UTC')} and ts < {end:DateTime64(3, 'UTC')}
group by reason, agent
order by events desc, reason, agent
limit {limit:UInt64}
settings do_not_merge_across_partitions_select_final = 1, optimize_move_to_prewhere_if_final = 1
