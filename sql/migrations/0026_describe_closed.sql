-- Tells what every column means.
alter table closed
    modify comment 'Internal: up to which quarter hour of a shard rollup has the last word.',
    comment column shard 'Part of the stream.',
    comment column upto 'The newest closed quarter hour, UTC.'
