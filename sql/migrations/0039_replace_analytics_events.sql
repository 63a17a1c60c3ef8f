-- Every counted event under the dashboard document's names. `properties` has each key once: the product's own, which
-- names the content, stands above one that the event brought. Properties are a flat object as ingest wrote it, without
-- spaces, so a member begins at a comma and ends before the next that is in no text.
create or replace view analytics_events
(
    id String comment 'Of the event. Of a play its playId if it has one.',
    user_id Nullable(String) comment 'The person, null if not signed in.',
    event_type String comment 'The dashboard\'s name of the type.',
    properties String comment 'JSON object. Content_id, of a mashup mashup_id, names the content.',
    timestamp DateTime64(3, 'UTC') comment 'When it happened, UTC. Of a play: when it began.',
    session_id String comment 'The session, empty if none was sent.'
)
sql security definer
as
with
    if(contentType = 'mashup', 'mashup_id', 'content_id') as key,
    substring(toJSONString(map(key, contentId)), 2, -1) as named,
    concat(',', substring(properties, 2, length(properties) - 2)) as sent_members,
    if(
        contentType = 'mashup',
        replaceRegexpOne(sent_members, ',"mashup_id":("(?:[^"\\\\]|\\\\.)*"|[^,]*)', ''),
        replaceRegexpOne(sent_members, ',"content_id":("(?:[^"\\\\]|\\\\.)*"|[^,]*)', '')
    ) as members
select
    id,
    nullIf(userId, '') as user_id,
    multiIf(
        contentType != 'mashup' and kind in (1, 2, 3, 4, 8, 13, 14), type,
        kind <= 3, 'mashup_played', kind = 4, 'mashup_liked', kind = 8, 'mashup_shared', kind = 13, 'mashup_created',
        kind = 14, 'mashup_exported', kind = 15, 'ai_reaction', kind = 11, 'user_followed',
        kind = 10, 'comment_posted', kind = 16, 'subscription_upgraded', kind = 5, 'unlike', kind = 7, 'unsave',
        kind = 24, 'unfollow', type
    ) as event_type,
    multiIf(
        contentId = '', if(events.properties = '', '{}', events.properties),
        events.properties in ('', '{}'), concat('{', named, '}'),
        concat('{', named, members, '}')
    ) as properties,
    ts as timestamp,
    sessionId as session_id
from events final
where countable
settings do_not_merge_across_partitions_select_final = 1, optimize_move_to_prewhere_if_final = 1
comment 'Every counted event once, under the dashboard\'s names.'
