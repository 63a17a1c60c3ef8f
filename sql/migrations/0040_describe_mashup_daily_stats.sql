-- Tells analysts what it holds, and reads it with the rights of its maker: who reads it needs none on what it reads.
alter table mashup_daily_stats
    modify sql security definer,
    modify comment 'Statistics of a mashup on a UTC day, under the dashboard\'s names.',
    comment column id 'Of the row: the content id, a colon and the day.',
    comment column mashup_id 'The mashup.',
    comment column date 'UTC day.',
    comment column plays 'Plays that count.',
    comment column unique_plays 'Signed-in persons with a counted play, to about 0.1 per cent.',
    comment column likes 'Likes. Unlikes are not taken off.',
    comment column shares 'Shares.',
    comment column comments 'Comments.',
    comment column downloads 'Downloads.',
    comment column avg_watch_time 'Seconds of an average counted play. Null where none gives a duration.'
