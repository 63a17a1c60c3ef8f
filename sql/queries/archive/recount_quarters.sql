-- Recount quarter hours from `events`: every key of a run (recount_keys), zeros included, with a version that no
-- provisional row and no earlier recount can beat. `differs`: it found another value than the provisional row that
-- it replaces, and saw no event above `position` that would explain it; once said it stays said. `stopped`: how many starts
-- had stopped before each of `seconds`. Views of `recounts` write it to `rollup` and `content_stops`. Called by archive.
insert into recounts
(
    grain, at, shard, contentId, version, contentType, differs, events, starts, plays, finished, replays,
    time_ms, timed, played_ms, completed, completion_pm, likes, unlikes, saves, unsaves, shares, downloads,
    comments, follows, rates, creates, exports, reactions, upgrades, unfollows, by_source, by_platform,
    by_country, by_device, shares_by_platform, listeners, sessions, users, known, stopped, length
)
select
    'quarter',
    bucket,
    {shard:UInt8},
    contentId,
    greatest({version:UInt64}, max(there) + 1),
    max(contentType),
    max(differed) or max(there) < 9223372036854775808 and max(entry) <= {position:UInt64}
        and array(
            events, starts, plays, finished, replays, time_ms, timed, played_ms, completed, completion_pm,
            likes, unlikes, saves, unsaves, shares, downloads, comments, follows, rates, creates, exports,
            reactions, upgrades, unfollows
        ) != if(max(there) = 0, arrayWithConstant(24, toUInt64(0)), max(stood)),
    countIf(counts) as events,
    countIf(counts and kind <= 3) as starts,
    countIf(play) as plays,
    countIf(play and was_finished) as finished,
    countIf(play and replayed) as replays,
    sumIf(duration, counts and kind <= 3) as time_ms,
    countIf(play and was_timed) as timed,
    sumIf(duration, play and was_timed) as played_ms,
    countIf(play and completion != 65535) as completed,
    sumIf(completion, play and completion != 65535) as completion_pm,
    countIf(counts and kind = 4) as likes,
    countIf(counts and kind = 5) as unlikes,
    countIf(counts and kind = 6) as saves,
    countIf(counts and kind = 7) as unsaves,
    countIf(counts and kind = 8) as shares,
    countIf(counts and kind = 9) as downloads,
    countIf(counts and kind = 10) as comments,
    countIf(counts and kind = 11) as follows,
    countIf(counts and kind = 12) as rates,
    countIf(counts and kind = 13) as creates,
    countIf(counts and kind = 14) as exports,
    countIf(counts and kind = 15) as reactions,
    countIf(counts and kind = 16) as upgrades,
    countIf(counts and kind = 24) as unfollows,
    sumMapIf(map(source, toUInt64(1)), play and source != '') as by_source,
    sumMapIf(map(platform, toUInt64(1)), play and platform != '') as by_platform,
    sumMapIf(map(country, toUInt64(1)), play and country != '') as by_country,
    sumMapIf(map(device, toUInt64(1)), play and device != '') as by_device,
    sumMapIf(map(platform, toUInt64(1)), counts and kind = 8 and platform != '') as shares_by_platform,
    uniqCombined64StateIf(listener64, counts),
    uniqCombined64StateIf(xxh3(sessionId), play and sessionId != ''),
    uniqCombined64StateIf(xxh3(userId), play and userId != ''),
    countIf(tells) as known,
    sumForEach(stops),
    maxIf(content_length, tells)
from
(
    select
        bucket, contentId, contentType, kind, duration, completion, listener64, userId, sessionId, source, platform,
        country, device, timed as was_timed, finished as was_finished, replayed, countable as counts,
        countable and counted as play, entry, toUInt64(0) as there, false as differed,
        emptyArrayUInt64() as stood, length as content_length,
        countable and kind <= 3 and (position is not null or timed) as tells,
        if(
            tells,
            arrayMap(second -> toUInt64(ifNull(position * 1000, duration) < second * 1000), {seconds:Array(UInt32)}),
            emptyArrayUInt64()
        ) as stops
    from events final
    where shard = {shard:UInt8} and ts >= {first:DateTime('UTC')}
        -- In ms: of `ts < DateTime` the index makes `ts <= the second before`, and leaves out a part that has only rows
        -- of the last second.
        and ts < toDateTime64({last:DateTime('UTC')} + 900, 3, 'UTC')
        and toStartOfFifteenMinutes(ts) between {first:DateTime('UTC')} and {last:DateTime('UTC')}
        and (toStartOfFifteenMinutes(ts), contentId) in
            (select at, contentId from recount_keys where run = {run:UInt64})
    union all
    select
        at, contentId, contentType, 0, 0, 65535, 0, '', '', '', '',
        '', '', false, false, false, false, false, 0,
        version, differs, array(
            events, starts, plays, finished, replays, time_ms, timed, played_ms, completed, completion_pm,
            likes, unlikes, saves, unsaves, shares, downloads, comments, follows, rates, creates, exports,
            reactions, upgrades, unfollows
        ),
        0, false,
        -- Of what was recounted before, too: that may have broken off between the two tables.
        if(
            starts > 0 or version >= 9223372036854775808,
            arrayWithConstant(length({seconds:Array(UInt32)}), toUInt64(0)), emptyArrayUInt64()
        )
    from rollup final
    where grain = 'quarter' and shard = {shard:UInt8}
        and at between {first:DateTime('UTC')} and {last:DateTime('UTC')}
        and (at, contentId) in (select at, contentId from recount_keys where run = {run:UInt64})
)
group by bucket, contentId
settings do_not_merge_across_partitions_select_final = 1, optimize_move_to_prewhere_if_final = 1
