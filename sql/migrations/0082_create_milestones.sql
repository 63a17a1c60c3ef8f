-- The milestones of every person until now, as `streakline/people/milestones.py` counts them: different finished contents of a kind
-- in the order of their first finishes. A show is finished as soon as one of its episodes is. `Id` is a UUID of version 5, see ADR 45.
create view if not exists milestones
(
    Id String comment 'Of the milestone: a UUID that is the same whenever it is read.',
    UserId String comment 'The person.',
    MilestoneType String comment 'Of what: movie, show, episode or track.',
    MetricAchieved Int32 comment 'How many different ones were finished: 10, 25, 50, 100, 250, 500 or 1000.',
    AchievementDate DateTime64(3, 'UTC') comment 'When the play began that reached it, UTC.',
    CelebrationTier String comment 'bronze, silver, gold or platinum.',
    CreatedAt DateTime64(3, 'UTC') comment 'When that play was accepted, or its quarter hour counted last, UTC.'
)
sql security definer
as
with
    name -> SHA1(concat(unhex('ac97b48fe32958569e8a002e73c8f695'), name)) as hash,
    digest -> lower(concat(
        hex(substring(digest, 1, 4)), '-', hex(substring(digest, 5, 2)), '-5', substring(hex(substring(digest, 7, 2)), 2, 3), '-',
        hex(bitOr(bitAnd(reinterpretAsUInt8(substring(digest, 9, 1)), 63), 128)), hex(substring(digest, 10, 1)), '-',
        hex(substring(digest, 11, 6))
    )) as guid
select
    guid(hash(concat('milestones:', kind, ':', toString(number), ':', userId))) as Id,
    userId as UserId,
    kind as MilestoneType,
    toInt32(number) as MetricAchieved,
    first as AchievementDate,
    multiIf(number <= 25, 'bronze', number <= 100, 'silver', number <= 500, 'gold', 'platinum') as CelebrationTier,
    newest as CreatedAt
from
(
    select userId, kind, first, newest, row_number() over (partition by userId, kind order by first) as number
    from
    (
        select userId, counted.1 as kind, counted.2 as id, min(done) as first, argMin(accepted, done) as newest
        from person_rows
        inner join content on content.contentId = person_rows.contentId
        array join arrayConcat(
            if(contentType in ('movie', 'show', 'episode', 'track'), [(contentType, person_rows.contentId)], []),
            if(contentType = 'episode' and parentId != '', [('show', parentId)], [])
        ) as counted
        where done > fromUnixTimestamp64Milli(toInt64(0), 'UTC') and done < now64(3)
        group by userId, kind, id
    )
)
where number in (10, 25, 50, 100, 250, 500, 1000)
comment 'Numbers of different movies, shows, episodes and tracks that a person has finished. The day of a milestone is a matter of the zone: toDate(AchievementDate, zone).'
