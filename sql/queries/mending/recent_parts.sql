-- Parts that a merge wrote lately: their source parts are still on the disk (`old_parts_lifetime`, 8 min).
select table, name
from system.parts
where database = currentDatabase() and active and level > 0 and modification_time > now() - interval 450 second
order by table, name
