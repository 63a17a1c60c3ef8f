-- Tells analysts what it holds, and reads it with the rights of its maker: who reads it needs none on what it reads.
alter table like_events
    modify sql security definer,
    modify comment 'Every like once, without robots, and its undoing.',
    comment column id 'Of the event. Of a play its playId if it has one.',
    comment column trackId 'The content.',
    comment column userId 'The person, null if not signed in.',
    comment column sessionId 'The session, empty if none was sent.',
    comment column timestamp 'When it happened, UTC. Of a play: when it began.',
    comment column source 'Where it came from: empty, the value, or other.',
    comment column action 'like or unlike.',
    comment column createdAt 'When it was accepted, UTC.'
