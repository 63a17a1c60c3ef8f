-- Every share of an app once, without robots, under the share document's names.
create view if not exists shares
(
    id String comment 'Of the share.',
    appId String comment 'The app.',
    platform String comment 'Where to: the value, or other. Empty if none was sent.',
    userId Nullable(String) comment 'The person, null if not signed in.',
    sessionId String comment 'The session, empty if none was sent.',
    timestamp DateTime64(3, 'UTC') comment 'When it happened, UTC.',
    userAgent String comment 'User agent of who shared it, at most 500 characters. Empty if none was sent.',
    referrerUrl Nullable(String) comment 'The page that it was shared from, at most 500 characters. Null if unknown.'
)
sql security definer
as
select
    id,
    contentId as appId,
    platform,
    nullIf(userId, '') as userId,
    sessionId,
    ts as timestamp,
    substringUTF8(events.userAgent, 1, 500) as userAgent,
    nullIf(substringUTF8(referrer, 1, 500), '') as referrerUrl
from events final
where kind = 8 and contentType = 'app' and countable
settings do_not_merge_across_partitions_select_final = 1, optimize_move_to_prewhere_if_final = 1
comment 'Every share of an app once, without robots. Shares of other contents are in share_events.'
