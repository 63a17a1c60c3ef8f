-- What stands of other platforms' numbers, under the names by which platforms are compared: a retweet is a share. Where a platform
-- tells both of one subject, the number under the compared name stands (`streakline/platforms/figures/series.py`).
create view if not exists standing_observations
(
    owner String comment 'The person whose account it is.',
    platform LowCardinality(String) comment 'youtube, tiktok, instagram or twitter.',
    account String comment 'The account by the platform\'s own id.',
    post String comment 'The post by the platform\'s own id, empty for a number of the account itself.',
    contentId String comment 'The content in the catalogue.',
    name LowCardinality(String) comment 'Name of the number.',
    observedAt DateTime64(3, 'UTC') comment 'The moment that the number is of.',
    value Float64 comment 'The number.',
    accepted DateTime64(3, 'UTC') comment 'When it was accepted.'
)
sql security definer
as
select owner, platform, account, post, contentId, compared as name, observedAt, value, accepted
from
(
    select
        owner, platform, account, post, contentId, own, observedAt, value, accepted,
        multiIf(
            platform = 'twitter', transform(own, ['retweets', 'replies', 'linkClicks'], ['shares', 'comments', 'clicks'], own),
            platform = 'instagram' and own = 'linkClicks', 'clicks',
            own
        ) as compared,
        max(own = compared) over (partition by owner, platform, account, post, compared) as is_told
    from
    (
        select
            owner, platform, account, post, toString(name) as own, observedAt, any(observations.contentId) as contentId,
            argMax(observations.value, (18446744073709551615 - earliness, fetchedAt, id)) as value,
            fromUnixTimestamp64Milli(toInt64(bitShiftRight(18446744073709551615 - min(earliness), 22)), 'UTC') as accepted
        from observations final
        where currency = ''
        group by owner, platform, account, post, name, observedAt
    )
)
where own = compared or not is_told
comment 'Internal: what stands of the numbers of other platforms.'
