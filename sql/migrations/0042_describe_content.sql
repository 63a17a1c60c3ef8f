-- Tells analysts what it holds, and reads it with the rights of its maker: who reads it needs none on what it reads.
alter table content
    modify sql security definer,
    modify comment 'What is known of each content: the newest fact of each kind. A stated one stands above one that came with a play.',
    comment column contentId 'The content.',
    comment column title 'Title, empty if unknown.',
    comment column contentType 'track, mashup, episode and others.',
    comment column creatorId 'Who made it.',
    comment column parentId 'What it belongs to.',
    comment column genre 'Genre.',
    comment column duration 'Milliseconds it lasts. 0: unknown.',
    comment column createdAt 'When it was made, UTC. Null if unknown.'
