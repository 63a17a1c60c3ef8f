-- Tells analysts what it holds, and reads it with the rights of its maker: who reads it needs none on what it reads.
alter table play_events
    modify sql security definer,
    modify comment 'Every play once, as it stands (longest, then first accepted), without robots.',
    comment column id 'Of the event. Of a play its playId if it has one.',
    comment column trackId 'The content.',
    comment column userId 'The person, null if not signed in.',
    comment column sessionId 'The session, empty if none was sent.',
    comment column timestamp 'When it happened, UTC. Of a play: when it began.',
    comment column source 'Where it came from: empty, the value, or other.',
    comment column playlistId 'The playlist, null if none.',
    comment column userAgent 'User agent as sent.',
    comment column ip 'Always null: the address is not kept.',
    comment column duration 'Whole seconds played, null if unknown.',
    comment column completionRate 'Whole per cent reached, null if unknown.',
    comment column skipped 'Begun, and does not count.',
    comment column replayed 'A replay.',
    comment column createdAt 'When it was accepted, UTC.'
