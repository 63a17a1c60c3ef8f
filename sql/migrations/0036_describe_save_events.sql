-- Tells analysts what it holds, and reads it with the rights of its maker: who reads it needs none on what it reads.
alter table save_events
    modify sql security definer,
    modify comment 'Every save once, without robots, and its undoing.',
    comment column id 'Of the event. Of a play its playId if it has one.',
    comment column trackId 'The content.',
    comment column userId 'The person, null if not signed in.',
    comment column sessionId 'The session, empty if none was sent.',
    comment column timestamp 'When it happened, UTC. Of a play: when it began.',
    comment column playlistId 'The playlist, null if none.',
    comment column action 'save or unsave.',
    comment column createdAt 'When it was accepted, UTC.'
