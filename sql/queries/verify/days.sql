-- Compare the UTC days of a shard in [first, end), all closed, with the sums of their quarter hours. Result as of
-- verify_quarters; `exact` are the merged quarter hours.
with
    quarters as
    (
        select
            at, contentId,
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
        where grain = 'quarter' and shard = {shard:UInt8} and at >= {first:DateTime('UTC')} and at < {end:DateTime('UTC')}
        group by at, contentId
    ),
    days as
    (
        select
            at, contentId,
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
        where grain = 'day' and shard = {shard:UInt8} and at >= {first:DateTime('UTC')} and at < {end:DateTime('UTC')}
        group by at, contentId
    ),
    both as
    (
        select
            toStartOfDay(at) as day, contentId, sumForEach(arrayMap(x -> toInt64(x), m)) as more,
            sumMap(cells) as cells,
            [uniqCombined64Merge(u.1), uniqCombined64Merge(u.2), uniqCombined64Merge(u.3)] as exact,
            emptyArrayUInt64() as merged
        from quarters
        group by day, contentId
        union all
        select
            at, contentId, arrayMap(x -> -toInt64(x), m), mapApply((k, v) -> (k, -v), cells), emptyArrayUInt64(),
            [finalizeAggregation(u.1), finalizeAggregation(u.2), finalizeAggregation(u.3)]
        from days
    ),
    keys as
    (
        select
            day, contentId, sumForEach(more) as measures, mapFilter((k, v) -> v != 0, sumMap(cells)) as cells,
            sumForEach(exact) as exact, sumForEach(merged) as merged,
            arrayMap((e, g) -> abs(toInt64(e) - toInt64(g)) / greatest(e, 1), arrayResize(exact, 3), arrayResize(merged, 3)) as errors,
            arrayExists(x -> x != 0, measures) or notEmpty(cells) or arrayExists(
                (e, g) -> abs(toInt64(e) - toInt64(g)) > greatest(1, {error:Float64} * e),
                arrayResize(exact, 3), arrayResize(merged, 3)) as differs
        from both
        group by day, contentId
    )
select
    count() as compared, countIf(differs) as differing,
    groupArrayIf(20)((toUnixTimestamp(day), contentId, measures, cells, exact, merged), differs) as examples,
    max(arrayMax(errors)) as error
from keys
