-- Shares of apps in a range: in all with their platforms, by UTC date (at most 91), and of the apps that have most. The range is
-- divided as `streakline/history/cover.py` says. Called by the server.
select grouping(date, contentId) as by, date, contentId, sum(shares) as count, sumMap(platforms) as platforms
from
(
    select toDate(at) as date, contentId, shares, shares_by_platform as platforms
    from rollup final
    where grain = 'day' and contentType = 'app' and shares > 0
        and at >= {days:DateTime64(3, 'UTC')} and at < {days_end:DateTime64(3, 'UTC')}
    union all
    select toDate(at) as date, contentId, shares, shares_by_platform as platforms
    from rollup final
    where grain = 'quarter' and contentType = 'app' and shares > 0 and (
        (at >= {quarters:DateTime64(3, 'UTC')} and at < {days:DateTime64(3, 'UTC')})
        or (at >= {days_end:DateTime64(3, 'UTC')} and at < {quarters_end:DateTime64(3, 'UTC')})
    )
    union all
    select toDate(ts) as date, contentId, 1 as shares, if(platform = '', map(), map(toString(platform), toUInt64(1))) as platforms
    from events final
    where countable and kind = 8 and contentType = 'app' and (
        (ts >= {start:DateTime64(3, 'UTC')} and ts < {quarters:DateTime64(3, 'UTC')})
        or (ts >= {quarters_end:DateTime64(3, 'UTC')} and ts < {end:DateTime64(3, 'UTC')})
    )
)
group by grouping sets ((), (date), (contentId))
order by by, count desc, contentId
limit 100 by by
settings do_not_merge_across_partitions_select_final = 1, optimize_move_to_prewhere_if_final = 1
