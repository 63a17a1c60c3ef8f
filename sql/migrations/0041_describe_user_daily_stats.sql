-- Tells analysts what it holds, and reads it with the rights of its maker: who reads it needs none on what it reads.
alter table user_daily_stats
    modify sql security definer,
    modify comment 'What a creator made and got on a UTC day.',
    comment column id 'Of the row: the person\'s id, a colon and the day.',
    comment column user_id 'The creator.',
    comment column date 'UTC day.',
    comment column mashups_created 'Mashups made.',
    comment column plays_received 'Counted plays of his contents.',
    comment column followers_gained 'Follows. Unfollows are not taken off.'
