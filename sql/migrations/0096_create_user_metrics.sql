-- The document's table of days of an account's owner: a row for each day (of the session's time zone) on which anything was observed.
-- Sums as `streakline/platforms/figures/summaries.py` has them: what every post and account was last observed with, up to that day.
create view if not exists user_metrics
(
    id String comment 'Of the row: a UUID that is the same whenever it is read.',
    user_id String comment 'The person whose accounts they are.',
    platform LowCardinality(String) comment 'youtube, tiktok, instagram or twitter.',
    metric_date Date comment 'The day, of the session\'s time zone.',
    followers_count Nullable(Int64) comment 'Followers of the accounts, null before they were observed.',
    following_count Nullable(Int64) comment 'Accounts that they follow.',
    total_views Nullable(Int64) comment 'Views of all posts, from the beginning.',
    total_engagement Nullable(Int64) comment 'Likes, comments and shares of all posts, from the beginning.',
    posts_count Int64 comment 'Posts that were observed.',
    engagement_rate Nullable(Float64) comment 'Engagement to a hundred views, over the posts that tell both, from 0 to 100.',
    growth_rate Nullable(Float64) comment 'Per cent by which followers grew since the observed day before, from -100 to 1000.',
    created_at DateTime64(3, 'UTC') comment 'When the first observation of the day was accepted, UTC.',
    updated_at DateTime64(3, 'UTC') comment 'When the newest one was, UTC.'
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
    (found, least, most) -> if(found < least, least, if(found > most, most, found)) as within,
    by_day as
    (
        select
            owner, platform, account, post, toDate(toTimeZone(observedAt, timezone())) as day,
            argMaxOrNullIf(value, observedAt, name = 'views') as views,
            argMaxOrNullIf(value, observedAt, name = 'likes') as likes,
            argMaxOrNullIf(value, observedAt, name = 'comments') as comments,
            argMaxOrNullIf(value, observedAt, name = 'shares') as shares,
            argMaxOrNullIf(value, observedAt, name = 'followers') as followers,
            argMaxOrNullIf(value, observedAt, name = 'following') as following,
            min(accepted) as first, max(accepted) as newest
        from standing_observations
        group by owner, platform, account, post, day
    ),
    known as
    (
        select
            owner, platform, account, post, day, first, newest, followers as followers_now,
            last_value(views) ignore nulls over w as seen, last_value(likes) ignore nulls over w as liked,
            last_value(comments) ignore nulls over w as said, last_value(shares) ignore nulls over w as shared,
            last_value(followers) ignore nulls over w as followed, last_value(following) ignore nulls over w as follows,
            if(isNull(liked) and isNull(said) and isNull(shared), null, ifNull(liked, 0) + ifNull(said, 0) + ifNull(shared, 0)) as engaged,
            post != '' and isNotNull(seen) and isNotNull(engaged) and seen > 0 as is_told,
            row_number() over w as number
        from by_day
        window w as (partition by owner, platform, account, post order by day rows between unbounded preceding and current row)
    ),
    steps as
    (
        select
            owner, platform, account, post, day, first, newest, post != '' and number = 1 as is_new,
            lagInFrame(followed) over v as followed_before,
            isNotNull(followers_now) and isNotNull(followed_before) and post = '' as is_pair,
            if(post = '', null, seen) as seen_post, if(post = '', null, engaged) as engaged_post,
            if(post = '', followed, null) as followed_account, if(post = '', follows, null) as follows_account,
            if(is_told, engaged, 0) as told_engaged, if(is_told, seen, 0) as told_seen,
            ifNull(seen_post, 0) - ifNull(lagInFrame(seen_post) over v, 0) as d_seen,
            ifNull(engaged_post, 0) - ifNull(lagInFrame(engaged_post) over v, 0) as d_engaged,
            ifNull(followed_account, 0) - ifNull(lagInFrame(followed_account) over v, 0) as d_followed,
            ifNull(follows_account, 0) - ifNull(lagInFrame(follows_account) over v, 0) as d_follows,
            told_engaged - ifNull(lagInFrame(told_engaged) over v, 0) as d_told_engaged,
            told_seen - ifNull(lagInFrame(told_seen) over v, 0) as d_told_seen,
            followers_now
        from known
        window v as (partition by owner, platform, account, post order by day rows between unbounded preceding and current row)
    ),
    days as
    (
        select
            owner, platform, day, min(first) as first_at, max(newest) as newest_at,
            countIf(is_new) as new_posts, countIf(isNotNull(seen_post)) as have_seen, countIf(isNotNull(engaged_post)) as have_engaged,
            countIf(isNotNull(followed_account)) as have_followed, countIf(isNotNull(follows_account)) as have_follows,
            sum(d_seen) as more_seen, sum(d_engaged) as more_engaged, sum(d_followed) as more_followed, sum(d_follows) as more_follows,
            sum(d_told_engaged) as more_told_engaged, sum(d_told_seen) as more_told_seen,
            countIf(is_pair) as pairs, sumIf(assumeNotNull(followed_before), is_pair) as before,
            sumIf(assumeNotNull(followers_now), is_pair) as now
        from steps
        group by owner, platform, day
    )
select
    guid(hash(concat('user_metrics:', owner, '\0', platform, '\0', toString(day)))) as id,
    owner as user_id,
    platform,
    day as metric_date,
    if(sum(have_followed) over c > 0, toInt64(sum(more_followed) over c), null) as followers_count,
    if(sum(have_follows) over c > 0, toInt64(sum(more_follows) over c), null) as following_count,
    if(sum(have_seen) over c > 0, toInt64(sum(more_seen) over c), null) as total_views,
    if(sum(have_engaged) over c > 0, toInt64(sum(more_engaged) over c), null) as total_engagement,
    toInt64(sum(new_posts) over c) as posts_count,
    within(hundredths(greatest(sum(more_told_engaged) over c, 0) * 100, sum(more_told_seen) over c), 0, 100) as engagement_rate,
    if(pairs > 0, within(sign(now - before) * hundredths(abs(now - before) * 100, before), -100, 1000), null) as growth_rate,
    first_at as created_at,
    newest_at as updated_at
from days
window c as (partition by owner, platform order by day rows between unbounded preceding and current row)
comment 'Followers, views and engagement of a person on each platform, a row for each day on which anything was observed.'
