-- The years of every person in which a play counts, as `streakline/people/yearly/review.py` counts them. JSON has the keys of the
-- answer. A sentence is made of numbers by the API alone: here are the numbers. Genres are divided at commas, slashes and semicolons
-- (`\x3b`: a migration is one statement). `Id` is a UUID of version 5, see ADR 45.
create view if not exists year_in_reviews
(
    Id String comment 'Of the year of the person: a UUID that is the same whenever it is read.',
    UserId String comment 'The person.',
    Year Int32 comment 'The year.',
    TotalMovies Int32 comment 'Different movies finished in it.',
    TotalShows Int32 comment 'Different shows of which an episode was finished in it.',
    TotalHours Float64 comment 'Time of all plays begun, counted or not, two decimals.',
    TopGenres String comment 'JSON: the five genres played most, and how many more have as many plays as the last of them.',
    TopRated String comment 'JSON: the ten contents of the year that the person rated highest, with the newest rating.',
    ViewingTrends String comment 'JSON: plays and hours by month, plays by weekday from Monday and by hour.',
    MemorableMoments String comment 'JSON: numbers of which the API makes sentences: plays, days, artists, titles, the busiest day.',
    GeneratedAt DateTime64(3, 'UTC') comment 'When the newest of its events was accepted, UTC.'
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
    ms -> intDiv(toInt64(ms) * 200 + 3600000, 7200000) / 100 as hours,
    text -> arrayDistinct(arrayFilter(
        name -> name != '',
        arrayMap(part -> trimBoth(replaceRegexpAll(part, '[\\pZ\\s\\v\\x{1c}-\\x{1f}\\x{85}]+', ' ')), splitByRegexp('[,/\\x3b]', text))
    )) as genres_of
select
    guid(hash(concat('year_in_reviews:', toString(year), ':', userId))) as Id,
    userId as UserId,
    year as Year,
    movies as TotalMovies,
    shows as TotalShows,
    hours(all_ms) as TotalHours,
    toJSONString(cast(
        (
            arrayMap(one -> (arrayCount(other -> other.2 > one.2, ranked) + 1, one.1, one.1, one.2), arraySlice(ranked, 1, 5)),
            arrayCount(other -> other.2 = ranked[5].2, arraySlice(ranked, 6))
        ),
        'Tuple(first Array(Tuple(rank UInt32, id String, name String, plays UInt32)), tied UInt32)'
    )) as TopGenres,
    toJSONString(cast(
        arrayMap(one -> (one.2, one.3, -one.1 / 100), arraySlice(rated_first, 1, 10)),
        'Array(Tuple(id String, name String, rating Float64))'
    )) as TopRated,
    toJSONString(cast(
        (plays_by_month, arrayMap(ms -> hours(ms), ms_by_month), plays_by_weekday, plays_by_hour),
        'Tuple(playsByMonth Array(UInt32), hoursByMonth Array(Float64), playsByWeekday Array(UInt32), playsByHour Array(UInt32))'
    )) as ViewingTrends,
    toJSONString(cast(
        (all_plays, length(days), artists, titles, (toString(busiest[1]), most, arrayMap(day -> toString(day), arraySlice(busiest, 2)))),
        'Tuple(
            plays UInt32, daysWatched UInt32, artists UInt32, titles UInt32,
            busiestDay Tuple(date String, plays UInt32, tied Array(String))
        )'
    )) as MemorableMoments,
    newest as GeneratedAt
from
(
    select
        userId,
        toInt32(toYear(local)) as year,
        toInt32(uniqExactIf(contentId, finished and contentType = 'movie')) as movies,
        toInt32(uniqExactIf(show, finished and show != '')) as shows,
        sum(lasted) as all_ms,
        sum(plays) as all_plays,
        uniqExactIf(contentId, plays > 0) as titles,
        uniqExactIf(creatorId, plays > 0 and creatorId != '') as artists,
        sumMap(genres, arrayMap(one -> plays, genres)) as by_genre,
        arraySort(
            one -> (-toInt64(one.2), one.1), arrayFilter(one -> one.1 != 'unknown', arrayZip(by_genre.1, by_genre.2))
        ) as ranked,
        arraySort(groupUniqArrayIf((-toInt32(newest_rating), contentId, name), is_rated and plays > 0)) as rated_first,
        sumForEach(arrayMap(month -> if(month = toMonth(local), plays, 0), range(1, 13))) as plays_by_month,
        sumForEach(arrayMap(month -> if(month = toMonth(local), lasted, 0), range(1, 13))) as ms_by_month,
        sumForEach(arrayMap(day -> if(day = toDayOfWeek(local), plays, 0), range(1, 8))) as plays_by_weekday,
        sumForEach(arrayMap(hour -> if(hour = toHour(local), plays, 0), range(24))) as plays_by_hour,
        sumMap([toDate(local)], [plays]) as by_day,
        by_day.1 as days,
        arrayMax(by_day.2) as most,
        arrayFilter((day, count) -> count = most, by_day.1, by_day.2) as busiest,
        max(accepted) as newest
    from
    (
        select
            userId, person_rows.contentId as contentId, local, plays, accepted, done > never as finished, contentType, creatorId,
            multiIf(contentType = 'episode', parentId, contentType = 'show', person_rows.contentId, '') as show,
            time_ms + (plays - timed) * content.duration as lasted,
            if(title = '', person_rows.contentId, title) as name,
            genres_of(genre) as genres,
            max(rated) over person_content > never as is_rated,
            argMax(rating, (rated, rating)) over person_content as newest_rating
        from person_rows
        left join content on content.contentId = person_rows.contentId
        window person_content as (partition by userId, person_rows.contentId)
    )
    group by userId, year
    having all_plays > 0
)
comment 'Every year of every person in which a play counts. Years are those of the event\'s own zone, else of the zone that the setting session_timezone names (UTC if none).'
