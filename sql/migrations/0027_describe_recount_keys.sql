-- Tells what every column means.
alter table recount_keys
    modify comment 'Internal: keys of a recount that is under way.',
    comment column run 'The recount.',
    comment column at 'Quarter hour, UTC.',
    comment column contentId 'The content.',
    comment column made 'When the row was written, UTC.'
