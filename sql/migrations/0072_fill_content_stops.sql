-- What was closed before these rows were kept. The position of a recount is greater than that of any event.
insert into content_stops
select
    shard, contentId, toStartOfFifteenMinutes(ts) as bucket, 9223372036854775808, count(),
    sumForEach(arrayMap(
        second -> toUInt64(ifNull(position * 1000, duration) < second * 1000), [30, 60, 120, 180, 300, 600, 1200, 1800, 3600]
    )),
    max(length)
from events final
inner join (select shard, upto from closed final) as closed using (shard)
where countable and kind <= 3 and (position is not null or timed) and toStartOfFifteenMinutes(ts) <= upto
group by shard, contentId, bucket
settings max_bytes_before_external_group_by = 500000000
