-- Tells how `listener` is written: ClickHouse's hex leaves out leading zeros.
alter table event_log
    comment column listener 'Stands for the person in counts of listeners, a seeded hash in hexadecimal.'
