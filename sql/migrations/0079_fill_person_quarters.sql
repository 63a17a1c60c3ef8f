-- What was closed before these rows were kept. The position of a recount is greater than that of any event.
insert into person_quarters
select
    toStartOfFifteenMinutes(ts) as bucket, shard, contentId, userId, offset, platform, 9223372036854775808,
    countIf(kind <= 3), countIf(counted), countIf(counted and finished), sumIf(toUInt64(duration), kind <= 3),
    countIf(counted and timed), minIf(ts, counted), maxIf(ts, counted), minIf(ts, counted and finished),
    maxIf(ts, kind = 12), argMaxIf(rating, (ts, id), kind = 12)
from (
    select *, toUInt16(round(100 * ifNull(least(greatest(JSONExtract(properties, 'rating', 'Nullable(Float64)'), 0), 10), 0))) as rating, countable
    from events final
) as events
inner join (select shard, upto from closed final) as closed using (shard)
where userId != '' and countable and (kind <= 3 or kind = 12 and JSONExtract(properties, 'rating', 'Nullable(Float64)') between 0 and 10)
    and toStartOfFifteenMinutes(ts) <= upto
group by bucket, shard, contentId, userId, offset, platform
settings max_bytes_before_external_group_by = 500000000
