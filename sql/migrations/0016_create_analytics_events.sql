-- Every counted event under the dashboard document's names; properties are JSON and name the mashup.
create view if not exists analytics_events as
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
        contentId = '', if(properties = '', '{}', properties),
        properties = '' or properties = '{}', toJSONString(map(if(contentType = 'mashup', 'mashup_id', 'content_id'), contentId)),
        concat(
            substring(toJSONString(map(if(contentType = 'mashup', 'mashup_id', 'content_id'), contentId)), 1, -1),
            ',', substring(properties, 2)
        )
    ) as properties,
    ts as timestamp,
    sessionId as session_id
from events final
where countable
settings do_not_merge_across_partitions_select_final = 1, optimize_move_to_prewhere_if_final = 1
