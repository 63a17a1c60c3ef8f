-- The disk that has the least room.
select min(free_space) as free, argMin(total_space, free_space) as total from system.disks
