-- Tells analysts what it holds, and reads it with the rights of its maker: who reads it needs none on what it reads.
alter table yearly_stats
    modify sql security definer,
    modify comment 'Statistics of a content in a calendar year, UTC. Dated by when it happened, not by when it arrived. Uniques do not add up over rows.',
    comment column id 'Of the row: the content id, a colon and the year.',
    comment column trackId 'The content.',
    comment column year 'Calendar year, UTC.',
    comment column totalPlays 'Plays that count by the rule in force when they were sent.',
    comment column uniquePlays 'Sessions with a counted play, to about 0.1 per cent (exact to about 1,000). 0 where clients send no sessionId.',
    comment column totalLikes 'Likes. Unlikes are not taken off.',
    comment column totalShares 'Shares.',
    comment column totalDownloads 'Downloads.',
    comment column totalSaves 'Saves. Unsaves are not taken off.',
    comment column avgDuration 'Seconds played of an average counted play. Null where none gives a duration.',
    comment column avgCompletionRate 'Per cent of the content that an average counted play reached. Null where none gives it.',
    comment column skipRate 'Per cent of the begun plays that do not count. Null where none began.',
    comment column replayRate 'Per cent of the counted plays that were replays. Null where none counts.',
    comment column createdAt 'When the newest of these events was accepted, UTC.'
