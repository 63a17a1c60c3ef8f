-- The viewing time of every person in each calendar week, month and year with a play, and in all, as
-- `streakline/people/viewing_time.py` counts it. A counted play without a duration lasted as long as its content, if that is known.
-- What a clock ahead of now shows is of the period that is now. `Id` is a UUID of version 5, see ADR 45.
create view if not exists viewing_statistics
(
    Id String comment 'Of the row: a UUID that is the same whenever it is read.',
    UserId String comment 'The person.',
    TimePeriod String comment 'week (from Monday), month, year or all.',
    PeriodStart DateTime64(3, 'UTC') comment 'First moment of the period in the zone. Of all: the first play.',
    PeriodEnd DateTime64(3, 'UTC') comment 'First moment after it, of one that is not over: now.',
    TotalHours Float64 comment 'Time of all plays begun, counted or not, two decimals.',
    TotalMovies Int32 comment 'Different movies finished in it.',
    TotalShows Int32 comment 'Different shows of which an episode was finished in it.',
    TotalEpisodes Int32 comment 'Different episodes finished in it.',
    CalculatedAt DateTime64(3, 'UTC') comment 'When the newest of its events was accepted, UTC.'
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
    fromUnixTimestamp64Milli(toInt64(0), 'UTC') as never,
    now64(3) as as_of,
    as_of + toIntervalSecond(timeZoneOffset(toTimeZone(as_of, timezone()))) as today,
    day -> fromUnixTimestamp64Milli(toInt64(toUnixTimestamp(toDateTime(day, timezone()))) * 1000, 'UTC') as midnight
select
    guid(hash(concat('viewing_statistics:', period.1, ':', if(period.1 = 'all', '', concat(toString(period.2), ':')), userId))) as Id,
    userId as UserId,
    period.1 as TimePeriod,
    if(TimePeriod = 'all', min(at), midnight(period.2)) as PeriodStart,
    if(TimePeriod = 'all', as_of, least(as_of, midnight(period.3))) as PeriodEnd,
    intDiv(toInt64(sum(lasted)) * 200 + 3600000, 7200000) / 100 as TotalHours,
    toInt32(uniqExactIf(contentId, finished and contentType = 'movie')) as TotalMovies,
    toInt32(uniqExactIf(show, finished and show != '')) as TotalShows,
    toInt32(uniqExactIf(contentId, finished and contentType = 'episode')) as TotalEpisodes,
    max(accepted) as CalculatedAt
from
(
    select
        userId, person_rows.contentId as contentId, at, accepted, done > never as finished, contentType,
        multiIf(contentType = 'episode', parentId, contentType = 'show', person_rows.contentId, '') as show,
        time_ms + (plays - timed) * content.duration as lasted,
        toDate(least(local, today)) as day
    from person_rows
    left join content on content.contentId = person_rows.contentId
)
array join
    [
        ('week', toMonday(day), toMonday(day) + 7), ('month', toStartOfMonth(day), toStartOfMonth(day) + toIntervalMonth(1)),
        ('year', toStartOfYear(day), toStartOfYear(day) + toIntervalYear(1)), ('all', toDate(0), toDate(0))
    ] as period
group by userId, period
comment 'Hours, movies, shows and episodes of every person by calendar week, month and year, and in all, until now. Days are those of the event\'s own zone, else of the zone that the setting session_timezone names (UTC if none).'
