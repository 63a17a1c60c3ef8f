-- Tables that somebody detached and did not attach again.
select table from system.detached_tables where database = currentDatabase() and not is_permanently
