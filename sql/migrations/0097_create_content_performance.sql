-- The document's table of posts as they stand. The score is that of `streakline/platforms/figures/scores.py`: the mid-rank percentile
-- of views (60 per cent) and engagement rate (40) among the account's own posts at the greatest age at which a post was observed.
create view if not exists content_performance
(
    id String comment 'Of the row: a UUID that is the same whenever it is read.',
    content_id String comment 'The content in the catalogue.',
    platform LowCardinality(String) comment 'youtube, tiktok, instagram or twitter.',
    views Nullable(Int64) comment 'Views, null where the platform does not tell them. So are all that follow.',
    likes Nullable(Int64) comment 'Likes.',
    shares Nullable(Int64) comment 'Shares. Of a tweet retweets.',
    comments Nullable(Int64) comment 'Comments. Of a tweet replies.',
    saves Nullable(Int64) comment 'Saves.',
    clicks Nullable(Int64) comment 'Clicks.',
    reach Nullable(Int64) comment 'Different accounts that saw it.',
    impressions Nullable(Int64) comment 'How often it was shown.',
    engagement_rate Nullable(Float64) comment 'Likes, comments and shares to a hundred views, else to a hundred accounts reached, from 0 to 100.',
    performance_score Nullable(Float64) comment 'From 0 to 100 among the account\'s own posts at the same age, null under ten others.',
    last_updated_at DateTime64(3, 'UTC') comment 'When it was last observed, UTC.',
    created_at DateTime64(3, 'UTC') comment 'When its first observation was accepted, UTC.',
    user_id String comment 'The person whose account it is.',
    account String comment 'The account by the platform\'s own id.'
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
    (part, whole) -> if(whole > 0, floor((part * 200 + whole) / (2 * whole)) / 100, null) as hundredths,
    (liked, said, shared) -> if(isNull(liked) and isNull(said) and isNull(shared), null, ifNull(liked, 0) + ifNull(said, 0) + ifNull(shared, 0))
        as engagement,
    found -> if(found > 100, 100, found) as cut,
    (engaged, seen, reached) -> cut(hundredths(if(engaged < 0, 0, engaged) * 100, ifNull(seen, reached))) as rate,
    published as
    (
        select id as content, argMax(assumeNotNull(moment), version) as born
        from
        (
            select
                id, version,
                if(match(value, '^[0-9]{1,15}$'), fromUnixTimestamp64Milli(toInt64OrZero(value), 'UTC'),
                    parseDateTime64BestEffortOrNull(value, 3, 'UTC')) as moment
            from facts
            where subject = 'content' and fact = 'created'
        )
        where moment is not null
        group by id
    ),
    aged as
    (
        select
            owner, platform, account, post,
            arrayFirstIndex(
                hours -> toUnixTimestamp64Milli(observedAt) - toUnixTimestamp64Milli(born) <= hours * 3600000, [1, 6, 24, 72, 168, 720]
            ) as age,
            argMaxOrNullIf(value, observedAt, name = 'views') as seen,
            rate(
                engagement(
                    argMaxOrNullIf(value, observedAt, name = 'likes'), argMaxOrNullIf(value, observedAt, name = 'comments'),
                    argMaxOrNullIf(value, observedAt, name = 'shares')
                ),
                seen, argMaxOrNullIf(value, observedAt, name = 'reach')
            ) as rated
        from standing_observations
        inner join published on contentId = content
        where post != '' and observedAt >= born
        group by owner, platform, account, post, age
        having age > 0 and isNotNull(seen)
    ),
    ranked as
    (
        select
            owner, platform, account, post, age, isNotNull(rated) as is_rated,
            2 * (count() over (partition by owner, platform, account, age) - 1) as of_views,
            2 * (rank() over (partition by owner, platform, account, age order by seen) - 1)
                + count() over (partition by owner, platform, account, age, seen) - 1 as by_views,
            2 * (count() over (partition by owner, platform, account, age, is_rated) - 1) as of_rates,
            2 * (rank() over (partition by owner, platform, account, age, is_rated order by rated) - 1)
                + count() over (partition by owner, platform, account, age, is_rated, rated) - 1 as by_rates
        from aged
    ),
    scored as
    (
        select
            owner, platform, account, post,
            argMax((
                by_views, of_views, if(is_rated and of_rates >= 20, by_rates, by_views),
                if(is_rated and of_rates >= 20, of_rates, of_views)
            ), age) as ranks,
            if(ranks.2 < 20, null, hundredths(60 * ranks.1 * ranks.4 + 40 * ranks.3 * ranks.2, ranks.2 * ranks.4)) as score
        from ranked
        group by owner, platform, account, post
    ),
    standing as
    (
        select
            owner, platform, account, post, any(contentId) as content, max(observedAt) as updated, min(accepted) as created,
            argMaxOrNullIf(toInt64(value), observedAt, name = 'views') as last_views,
            argMaxOrNullIf(toInt64(value), observedAt, name = 'likes') as last_likes,
            argMaxOrNullIf(toInt64(value), observedAt, name = 'shares') as last_shares,
            argMaxOrNullIf(toInt64(value), observedAt, name = 'comments') as last_comments,
            argMaxOrNullIf(toInt64(value), observedAt, name = 'saves') as last_saves,
            argMaxOrNullIf(toInt64(value), observedAt, name = 'clicks') as last_clicks,
            argMaxOrNullIf(toInt64(value), observedAt, name = 'reach') as last_reach,
            argMaxOrNullIf(toInt64(value), observedAt, name = 'impressions') as last_impressions
        from standing_observations
        where post != ''
        group by owner, platform, account, post
    )
select
    guid(hash(concat('content_performance:', s.owner, '\0', s.platform, '\0', s.account, '\0', s.post))) as id,
    s.content as content_id,
    s.platform as platform,
    s.last_views as views,
    s.last_likes as likes,
    s.last_shares as shares,
    s.last_comments as comments,
    s.last_saves as saves,
    s.last_clicks as clicks,
    s.last_reach as reach,
    s.last_impressions as impressions,
    rate(engagement(s.last_likes, s.last_comments, s.last_shares), s.last_views, s.last_reach) as engagement_rate,
    if(r.post = '', null, r.score) as performance_score,
    s.updated as last_updated_at,
    s.created as created_at,
    s.owner as user_id,
    s.account as account
from standing as s
left join scored as r on s.owner = r.owner and s.platform = r.platform and s.account = r.account and s.post = r.post
comment 'Posts on other platforms as they stand, with engagement rate and score. Null is what a platform does not tell.'
