-- Compare the plays by which a search orders contents with the sums of their closed quarter hours. Returns how many
-- contents were compared and differ, and of some (content, its plays, those of the search); -1 is no row.
with
    (select cast((groupArray(shard), groupArray(upto)), 'Map(UInt8, DateTime(\'UTC\'))') from closed final) as closed_to,
    both as
    (
        select contentId, toInt64(sum(plays)) as wanted, toInt64(-1) as found
        from rollup final
        where grain = 'quarter' and contentId != '' and at <= closed_to[shard]
        group by contentId
        union all
        select contentId, -1, toInt64(plays)
        from content_plays final
        where contentId != ''
    ),
    contents as
    (
        select contentId, max(wanted) as wanted, max(found) as found
        from both
        group by contentId
    )
select
    count() as compared, countIf(wanted != found) as differing,
    groupArrayIf(20)((contentId, wanted, found), wanted != found) as examples
from contents
settings do_not_merge_across_partitions_select_final = 1, optimize_move_to_prewhere_if_final = 1
