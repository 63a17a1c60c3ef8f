-- Tells what it is; a view that takes parameters has no columns to describe.
alter table zone_days
    modify comment 'Internal, takes parameters (tz, first, last): counts per content and day of a zone, up to two rows a day, by ClickHouse\'s edition of the zone files. Read zone_daily_stats instead.'
