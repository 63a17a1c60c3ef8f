-- Tells what every column means.
alter table schema_migrations
    modify comment 'Internal: the migrations that ran.',
    comment column id 'Number.',
    comment column name 'File.',
    comment column checksum 'SHA-256 of the file.',
    comment column at 'When, UTC.'
