-- The streak of every person now, as `streakline/people/streaks.py` counts it where nothing but plays holds one. A day without a
-- play is no missed one if less than 24 hours lie between the plays around it, or if the clocks left it out. So no more than two in
-- a row are none, and what lies further apart is never looked at. `Id` is a UUID of version 5, see ADR 45.
create view if not exists viewing_streaks
(
    Id String comment 'Of the streak: a UUID that is the same whenever it is read.',
    UserId String comment 'The person.',
    CurrentStreak Int32 comment 'Days with a play in the streak that is alive now, 0 if none is.',
    LongestStreak Int32 comment 'Days with a play in the longest streak there was.',
    LastWatchedDate Nullable(Date) comment 'The last day with a counted play, null if there is none.',
    StreakStartDate Nullable(Date) comment 'The first day of the streak that is alive now, null if none is.',
    UpdatedAt DateTime64(3, 'UTC') comment 'When the newest event of the person was accepted, UTC.'
)
sql security definer
as
with
    name -> SHA1(concat(unhex('ac97b48fe32958569e8a002e73c8f695'), name)) as hash,
    digest -> lower(concat(
        hex(substring(digest, 1, 4)), '-', hex(substring(digest, 5, 2)), '-5', substring(hex(substring(digest, 7, 2)), 2, 3), '-',
        hex(bitOr(bitAnd(reinterpretAsUInt8(substring(digest, 9, 1)), 63), 128)), hex(substring(digest, 10, 1)), '-',
        hex(substring(digest, 11, 6))
    )) as guid,
    86400000 as day_ms,
    now64(3) as as_of,
    day -> toUnixTimestamp(toDateTime(toDate(toUInt16(day)), timezone())) as midnight,
    (one, next) -> next.3 - one.3 > 1
        and (next.1 - one.1 < day_ms or next.3 - one.3 - 1 <= intDiv((next.4 - next.1) - (one.4 - one.1), day_ms)) as is_jump,
    (one, next) -> range(one.3 + 1, if(is_jump(one, next), next.3, one.3 + 1)) as jumped,
    (skipped, one, next) -> next - one <= 3
        and arrayAll(day -> has(skipped, day) or midnight(day) = midnight(day + 1), range(one + 1, if(next - one <= 3, next, one + 1)))
        as holds
select
    guid(hash(concat('viewing_streaks:', userId))) as Id,
    userId as UserId,
    toInt32(if(alive, length(runs[-1]), 0)) as CurrentStreak,
    toInt32(arrayMax(arrayMap(run -> length(run), runs))) as LongestStreak,
    if(empty(days), null, toDate(toUInt16(days[-1]))) as LastWatchedDate,
    if(alive, toDate(toUInt16(runs[-1][1])), null) as StreakStartDate,
    newest as UpdatedAt
from
(
    select
        userId, newest, days,
        arraySplit((day, broken) -> broken, days, broken) as runs,
        notEmpty(days) and holds(skipped, days[-1], greatest(today, days[-1] + 1)) as alive
    from
    (
        select
            userId, newest, days, skipped, today,
            if(
                empty(days), [],
                arrayConcat([false], arrayMap((one, next) -> not holds(skipped, one, next), arrayPopBack(days), arrayPopFront(days)))
            ) as broken
        from
        (
            select
                userId, newest, today, arraySort(arrayDistinct(arrayMap(one -> one.3, moments))) as days,
                arrayFlatten(arrayMap((one, next) -> jumped(one, next), arrayPopBack(moments), arrayPopFront(moments))) as skipped
            from
            (
                select
                    userId, max(accepted) as newest,
                    intDiv(toUnixTimestamp64Milli(as_of) + timeZoneOffset(toTimeZone(as_of, timezone())) * 1000, day_ms) as today,
                    arraySort(groupArrayArray(arrayFilter(
                        one -> one.1 < toUnixTimestamp64Milli(as_of),
                        if(plays > 0, [
                            (toUnixTimestamp64Milli(at), offset, intDiv(toUnixTimestamp64Milli(local), day_ms), toUnixTimestamp64Milli(local)),
                            (toUnixTimestamp64Milli(last), offset, intDiv(toUnixTimestamp64Milli(local_last), day_ms),
                                toUnixTimestamp64Milli(local_last))
                        ], [])
                    ))) as moments
                from person_rows
                group by userId
            )
        )
    )
)
comment 'The streak of every person now. Days are those of the event\'s own zone, else of the zone that the setting session_timezone names (UTC if none). Freezes, pauses, repairs, weekends off and the mode rolling-24h are not in it: ask the API.'
