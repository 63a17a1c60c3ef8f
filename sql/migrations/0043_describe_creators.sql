-- Tells analysts what it holds, and reads it with the rights of its maker: who reads it needs none on what it reads.
alter table creators
    modify sql security definer,
    modify comment 'What is known of each creator.',
    comment column creatorId 'The creator.',
    comment column name 'Name, empty if unknown.'
