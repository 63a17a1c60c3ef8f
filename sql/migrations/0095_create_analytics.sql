-- The document's table of measurements: every number that stands of a post, of the six kinds that it lists.
create view if not exists analytics
(
    id String comment 'Of the row: a UUID that is the same whenever it is read.',
    user_id String comment 'The person whose account it is.',
    content_id String comment 'The content in the catalogue.',
    platform LowCardinality(String) comment 'youtube, tiktok, instagram or twitter.',
    platform_post_id String comment 'The post by the platform\'s own id.',
    metric_type LowCardinality(String) comment 'views, likes, shares, comments, saves or clicks.',
    metric_value Int64 comment 'The number: a total from the beginning.',
    recorded_at DateTime64(3, 'UTC') comment 'The moment that the number is of, UTC.',
    created_at DateTime64(3, 'UTC') comment 'When it was accepted, UTC.'
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
    guid(hash(concat(
        'analytics:', owner, '\0', platform, '\0', account, '\0', post, '\0', name, '\0', toString(toUnixTimestamp64Milli(observedAt))
    ))) as id,
    owner as user_id,
    contentId as content_id,
    platform,
    post as platform_post_id,
    name as metric_type,
    toInt64(value) as metric_value,
    observedAt as recorded_at,
    accepted as created_at
from standing_observations
where post != '' and name in ('views', 'likes', 'shares', 'comments', 'saves', 'clicks')
comment 'Numbers of posts on other platforms, every observation that stands. Totals: do not add up the rows of one post.'
