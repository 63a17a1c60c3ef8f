-- The edition of the engine's time-zone data, like 2026c; none where it was built without.
select value from system.build_options where name = 'TZDATA_VERSION' and value != ''
