-- A second count of the sender's log, by quarter hour and content: nothing in common with the first but the
-- definitions. $log is a file of one acknowledged event a line, $robot the robot's user agent.
with told as (
    select
        coalesce(contentId, '') as content,
        coalesce(action, type) as kind,
        kind in ('play', 'play_start', 'heartbeat') as is_play,
        coalesce(try_cast(timestamp as bigint), epoch_ms(try_cast(timestamp as timestamptz))) as moment,
        if(is_play, coalesce(startedAt, moment), moment) as began,
        if(is_play, coalesce(playId, id), id) as identity,
        if(is_play, round(coalesce(duration, 0) * 1000)::bigint, 0) as ms,
        is_play and (duration is not null or kind <> 'play') as timed,
        round(coalesce(contentDuration, 0) * 1000)::bigint as length,
        coalesce(replayed, false) as replayed,
        coalesce(bot, false) or coalesce(userAgent, '') = $robot as robot
    from read_json($log, format = 'newline_delimited', columns = {
        id: 'varchar', type: 'varchar', action: 'varchar', contentId: 'varchar', playId: 'varchar',
        timestamp: 'varchar', startedAt: 'bigint', duration: 'double', contentDuration: 'double',
        replayed: 'boolean', bot: 'boolean', userAgent: 'varchar'
    })
),
standing as (
    select
        content, began, identity, any_value(if(is_play, 'play', kind)) as kind, max(ms) as ms,
        bool_or(timed) as timed, max(length) as length, bool_or(replayed) as replayed
    from told
    where not robot
    group by content, began, identity
),
judged as (
    select
        *,
        kind = 'play' as is_play,
        is_play and (not timed or ms >= if(length > 0, least(20000, length), 20000)) as counted,
        counted and timed and length > 0 as completed,
        if(completed, least(1000, ms * 1000 // length), 0) as completion
    from standing
)
select
    began - began % 900000 as quarter,
    content,
    count(*)::bigint as events,
    count_if(is_play)::bigint as starts,
    count_if(counted)::bigint as plays,
    count_if(counted and (not completed or completion >= 900))::bigint as finished,
    count_if(counted and replayed)::bigint as replays,
    sum(ms)::bigint as time_ms,
    count_if(counted and timed)::bigint as timed,
    coalesce(sum(ms) filter (counted and timed), 0)::bigint as played_ms,
    count_if(completed)::bigint as completed,
    sum(completion)::bigint as completion_pm,
    count_if(kind = 'like')::bigint as likes,
    count_if(kind = 'unlike')::bigint as unlikes,
    count_if(kind = 'save')::bigint as saves,
    count_if(kind = 'unsave')::bigint as unsaves,
    count_if(kind = 'share')::bigint as shares,
    count_if(kind = 'download')::bigint as downloads,
    count_if(kind = 'comment')::bigint as comments,
    count_if(kind = 'follow')::bigint as follows,
    count_if(kind = 'rate')::bigint as rates,
    count_if(kind = 'create')::bigint as creates,
    count_if(kind = 'export')::bigint as exports,
    count_if(kind = 'reaction')::bigint as reactions,
    count_if(kind = 'upgrade')::bigint as upgrades,
    count_if(kind = 'unfollow')::bigint as unfollows
from judged
group by all
