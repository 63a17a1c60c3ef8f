-- Persons with a counted play in a range of closed quarter hours, in the order of their ids, those behind one of them, and how many
-- rows each has in all. Rows that newer ones replaced are read too: more persons and rows than there are, never fewer. Called by
-- the server's jobs.
select userId, count() as size
from person_history
where userId in (
    select userId
    from person_history
    where userId > {after:String} and at >= {start:DateTime64(3, 'UTC')} and at < {end:DateTime64(3, 'UTC')} and plays > 0
    group by userId
    order by userId
    limit {limit:UInt32}
    settings optimize_aggregation_in_order = 1, optimize_read_in_order = 1
)
group by userId
order by userId
settings optimize_aggregation_in_order = 1
