-- What history takes of the disk, by table.
select table as name, sum(bytes_on_disk) as bytes, sum(rows) as rows
from system.parts
where active and database = currentDatabase()
group by table
order by bytes desc, name
