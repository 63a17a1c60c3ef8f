-- Compare the quarter hours of a shard in [first, end), closed up to `upto`, with a plain count of `events`: group by
-- identity, exact uniques, no FINAL. One row: keys compared, keys that differ, up to 20 of them with what raw has more
-- (measures, cells) and (exact, merged) uniques, and the largest error of a sketch. Called by `verify`.
with
    standing as
    (
        select
            shard, contentId, ts, id, max(version) as newest,
            argMax((kind, bot, counted, finished, replayed, timed, duration, completion), version) as s,
            argMax((source, platform, country, device), version) as d,
            argMax((listener64, sessionId, userId), version) as w
        from events
        where shard = {shard:UInt8} and ts >= {first:DateTime('UTC')}
            -- In ms, see recount_quarters: else the index leaves out parts with rows of the last second alone.
            and ts < toDateTime64({end:DateTime('UTC')}, 3, 'UTC')
        group by shard, contentId, ts, id
    ),
    counted as
    (
        select
            toStartOfFifteenMinutes(ts) as at, contentId,
            [
                count(), countIf(s.1 in (1, 2, 3)), countIf(s.3), countIf(s.3 and s.4), countIf(s.3 and s.5),
                sumIf(s.7, s.1 in (1, 2, 3)), countIf(s.3 and s.6), sumIf(s.7, s.3 and s.6),
                countIf(s.3 and s.8 < 65535), sumIf(s.8, s.3 and s.8 < 65535),
                countIf(s.1 = 4), countIf(s.1 = 5), countIf(s.1 = 6), countIf(s.1 = 7), countIf(s.1 = 8), countIf(s.1 = 9),
                countIf(s.1 = 10), countIf(s.1 = 11), countIf(s.1 = 12), countIf(s.1 = 13), countIf(s.1 = 14),
                countIf(s.1 = 15), countIf(s.1 = 16), countIf(s.1 = 24)
            ] as m,
            sumMap(
                multiIf(
                    s.3, mapFilter((k, v) -> not endsWith(k, '='), map(
                        concat('by_source=', d.1), 1, concat('by_platform=', d.2),
                        1, concat('by_country=', d.3), 1, concat('by_device=', d.4), 1)),
                    s.1 = 8 and d.2 != '', map(concat('shares_by_platform=', d.2), 1),
                    map()
                )
            ) as cells,
            [uniqExact(w.1), uniqExactIf(w.2, s.3 and w.2 != ''), uniqExactIf(w.3, s.3 and w.3 != '')] as exact
        from standing
        where not s.2 and (s.1 between 1 and 16 or s.1 = 24)
        group by at, contentId
    ),
    stored as
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
    both as
    (
        select at, contentId, arrayMap(x -> toInt64(x), m) as more,
            mapApply((k, v) -> (k, toInt64(v)), cells) as cells, exact, emptyArrayUInt64() as merged
        from counted
        union all
        select
            at, contentId, arrayMap(x -> -toInt64(x), m), mapApply((k, v) -> (k, -v), cells), emptyArrayUInt64(),
            [finalizeAggregation(u.1), finalizeAggregation(u.2), finalizeAggregation(u.3)]
        from stored
    ),
    keys as
    (
        select
            at, contentId, sumForEach(more) as measures, mapFilter((k, v) -> v != 0, sumMap(cells)) as cells,
            sumForEach(exact) as exact, sumForEach(merged) as merged,
            arrayMap((e, g) -> abs(toInt64(e) - toInt64(g)) / greatest(e, 1), arrayResize(exact, 3), arrayResize(merged, 3)) as errors,
            arrayExists(x -> x != 0, measures) or notEmpty(cells) or arrayExists(
                (e, g) -> abs(toInt64(e) - toInt64(g)) > greatest(1, {error:Float64} * e),
                arrayResize(exact, 3), arrayResize(merged, 3)) as differs
        from both
        where at <= {upto:DateTime('UTC')}
        group by at, contentId
    )
select
    count() as compared, countIf(differs) as differing,
    groupArrayIf(20)((toUnixTimestamp(at), contentId, measures, cells, exact, merged), differs) as examples,
    max(arrayMax(errors)) as error
from keys
