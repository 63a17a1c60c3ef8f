-- Count again what persons played and rated in a run's keys; a person who has none of it any more gets a row that says so.
-- Called by archive with the recount of the quarter hours.
insert into person_quarters
(
    at, shard, contentId, userId, offset, platform, version, starts, plays, finished, time_ms, timed, first, last, done,
    rated, rating
)
select
    bucket, {shard:UInt8}, contentId, userId, offset, platform, greatest({version:UInt64}, max(there) + 1),
    countIf(start) as starts,
    countIf(play) as plays,
    countIf(play and was_finished) as finished,
    sumIf(toUInt64(duration), start) as time_ms,
    countIf(play and was_timed) as timed,
    minIf(ts, play) as first,
    maxIf(ts, play) as last,
    minIf(ts, play and was_finished) as done,
    maxIf(ts, rate) as rated,
    argMaxIf(rating, (ts, id), rate) as rating
from
(
    select
        toStartOfFifteenMinutes(ts) as bucket, contentId, userId, offset, platform, ts, id, kind <= 3 as start,
        counted as play, finished as was_finished, timed as was_timed, duration, kind = 12 as rate,
        toUInt16(round(100 * ifNull(least(greatest(JSONExtract(properties, 'rating', 'Nullable(Float64)'), 0), 10), 0))) as rating,
        toUInt64(0) as there
    from events final
    where shard = {shard:UInt8} and userId != '' and countable
        and (kind <= 3 or kind = 12 and JSONExtract(properties, 'rating', 'Nullable(Float64)') between 0 and 10)
        -- In ms, see recount_quarters: else the index leaves out parts with rows of the last second alone.
        and ts >= {first:DateTime('UTC')} and ts < toDateTime64({last:DateTime('UTC')} + 900, 3, 'UTC')
        and toStartOfFifteenMinutes(ts) between {first:DateTime('UTC')} and {last:DateTime('UTC')}
        and (toStartOfFifteenMinutes(ts), contentId) in
            (select at, contentId from recount_keys where run = {run:UInt64})
    union all
    select at, contentId, userId, offset, platform, at, '', false, false, false, false, 0, false, 0, version
    from person_quarters
    where shard = {shard:UInt8} and at between {first:DateTime('UTC')} and {last:DateTime('UTC')}
        and (at, contentId) in (select at, contentId from recount_keys where run = {run:UInt64})
)
group by bucket, contentId, userId, offset, platform
settings do_not_merge_across_partitions_select_final = 1, optimize_move_to_prewhere_if_final = 1
