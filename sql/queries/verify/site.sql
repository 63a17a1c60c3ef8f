-- Compare the site's closed quarter hours (up to `upto`) and days of a shard in [first, end) with the sums of their
-- contents. Result as of verify_quarters, with the length of a grain for a content; `exact` are the merged contents.
with
    contents as
    (
        select
            grain, at, contentId,
            argMax([
                events, starts, plays, finished, replays, time_ms, timed, played_ms, completed,
                completion_pm, likes, unlikes, saves, unsaves, shares, downloads, comments, follows, rates,
                creates, exports, reactions, upgrades, unfollows
            ], version) as m,
            argMax(mapConcat(
                mapApply((k, v) -> (concat('by_source=', k), toInt64(v)), by_source),
                mapApply((k, v) -> (concat('by_platform=', k), toInt64(v)), by_platform),
                mapApply((k, v) -> (concat('by_country=', k), toInt64(v)), by_country),
                mapApply((k, v) -> (concat('by_device=', k), toInt64(v)), by_device),
                mapApply((k, v) -> (concat('shares_by_platform=', k), toInt64(v)), shares_by_platform)
            ), version) as cells,
            argMax((listeners, sessions, users), version) as u
        from rollup
        where shard = {shard:UInt8} and at >= {first:DateTime('UTC')} and at < {end:DateTime('UTC')}
            and (grain = 'quarter' and at <= {upto:DateTime('UTC')} or grain = 'day' and at < toStartOfDay({upto:DateTime('UTC')} + 900))
        group by grain, at, contentId
    ),
    site as
    (
        select
            grain, at,
            argMax([
                events, starts, plays, finished, replays, time_ms, timed, played_ms, completed,
                completion_pm, likes, unlikes, saves, unsaves, shares, downloads, comments, follows, rates,
                creates, exports, reactions, upgrades, unfollows
            ], version) as m,
            argMax(mapConcat(
                mapApply((k, v) -> (concat('by_source=', k), toInt64(v)), by_source),
                mapApply((k, v) -> (concat('by_platform=', k), toInt64(v)), by_platform),
                mapApply((k, v) -> (concat('by_country=', k), toInt64(v)), by_country),
                mapApply((k, v) -> (concat('by_device=', k), toInt64(v)), by_device),
                mapApply((k, v) -> (concat('shares_by_platform=', k), toInt64(v)), shares_by_platform)
            ), version) as cells,
            argMax((listeners, sessions, users), version) as u
        from site_counts
        where shard = {shard:UInt8} and at >= {first:DateTime('UTC')} and at < {end:DateTime('UTC')}
            and (grain = 'quarter' and at <= {upto:DateTime('UTC')} or grain = 'day' and at < toStartOfDay({upto:DateTime('UTC')} + 900))
        group by grain, at
    ),
    both as
    (
        select
            grain, at, sumForEach(arrayMap(x -> toInt64(x), m)) as more, sumMap(cells) as cells,
            [uniqCombined64Merge(u.1), uniqCombined64Merge(u.2), uniqCombined64Merge(u.3)] as exact,
            emptyArrayUInt64() as merged
        from contents
        group by grain, at
        union all
        select
            grain, at, arrayMap(x -> -toInt64(x), m), mapApply((k, v) -> (k, -v), cells), emptyArrayUInt64(),
            [finalizeAggregation(u.1), finalizeAggregation(u.2), finalizeAggregation(u.3)]
        from site
    ),
    keys as
    (
        select
            grain, at, sumForEach(more) as measures, mapFilter((k, v) -> v != 0, sumMap(cells)) as cells,
            sumForEach(exact) as exact, sumForEach(merged) as merged,
            arrayMap((e, g) -> abs(toInt64(e) - toInt64(g)) / greatest(e, 1), arrayResize(exact, 3), arrayResize(merged, 3)) as errors,
            arrayExists(x -> x != 0, measures) or notEmpty(cells) or arrayExists(
                (e, g) -> abs(toInt64(e) - toInt64(g)) > greatest(1, {error:Float64} * e),
                arrayResize(exact, 3), arrayResize(merged, 3)) as differs
        from both
        group by grain, at
    )
select
    count() as compared, countIf(differs) as differing,
    groupArrayIf(20)((toUnixTimestamp(at), concat('whole ', toString(grain)), measures, cells, exact, merged), differs) as examples,
    max(arrayMax(errors)) as error
from keys
