-- What persons played and rated until now, with the clock on their walls: of closed quarter hours their rows, of open ones raw
-- events. A clock is that of the event's own zone, else of the zone that the setting `session_timezone` names. The views of
-- streaks, milestones, viewing time and years rest on it.
create view if not exists person_rows
(
    userId String comment 'The person.',
    contentId String comment 'The content.',
    at DateTime64(3, 'UTC') comment 'When the first counted play of the row began, else its quarter hour.',
    last DateTime64(3, 'UTC') comment 'When the last one began, 1970 if none did.',
    done DateTime64(3, 'UTC') comment 'When the first finished play began, 1970 if none did.',
    rated DateTime64(3, 'UTC') comment 'When the content was rated last, 1970 if it was not.',
    rating UInt16 comment 'That rating from 0 to 10, in hundredths.',
    starts UInt64 comment 'Plays begun.',
    plays UInt64 comment 'Plays that count.',
    timed UInt64 comment 'Counted plays that give a duration.',
    time_ms UInt64 comment 'Milliseconds listened over all starts.',
    accepted DateTime64(3, 'UTC') comment 'When the newest of its events was accepted.',
    offset Int16 comment 'Zone of the events in quarter hours east of UTC, 32767 where they name none.',
    local DateTime64(3, 'UTC') comment 'What the clock showed at the moment of the row.',
    local_last DateTime64(3, 'UTC') comment 'What the clock showed when the last counted play began.'
)
sql security definer
as
with
    (select min(upto) from closed final) as closed_to,
    fromUnixTimestamp64Milli(toInt64(0), 'UTC') as never,
    (moment, quarters) -> moment
        + toIntervalSecond(if(quarters = 32767, timeZoneOffset(toTimeZone(moment, timezone())), toInt32(quarters) * 900)) as on_the_wall
select
    userId, contentId, at, last, done, rated, rating, starts, plays, timed, time_ms, accepted, offset,
    on_the_wall(at, offset) as local, on_the_wall(last, offset) as local_last
from
(
    select
        userId, contentId, if(plays > 0, first, toDateTime64(person_history.at, 3, 'UTC')) as at, last, done, rated, rating, starts,
        plays, timed, time_ms, offset,
        greatest(fromUnixTimestamp64Milli(toInt64(bitShiftRight(bitAnd(version, 9223372036854775807), 22)), 'UTC'), last, rated)
            as accepted
    from person_history final
    where person_history.at <= closed_to
    union all
    select
        userId, contentId, if(counted, ts, toDateTime64(toStartOfFifteenMinutes(ts), 3, 'UTC')), if(counted, ts, never),
        if(counted and finished, ts, never), if(kind = 12, ts, never),
        toUInt16(if(kind = 12, round(100 * ifNull(JSONExtract(properties, 'rating', 'Nullable(Float64)'), 0)), 0)),
        toUInt64(kind <= 3), toUInt64(counted), toUInt64(counted and timed), toUInt64(if(kind <= 3, duration, 0)), offset, accepted
    from events final
    where userId != '' and countable and toStartOfFifteenMinutes(ts) > closed_to
        and (kind <= 3 or kind = 12 and JSONExtract(properties, 'rating', 'Nullable(Float64)') between 0 and 10)
)
where (starts > 0 or rated > never) and at < now64(3)
settings do_not_merge_across_partitions_select_final = 1, optimize_move_to_prewhere_if_final = 1
comment 'Internal: plays of persons until now, with the clock on their walls.'
