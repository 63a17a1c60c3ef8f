-- Titles of some contents; those without one are left out. Called by the server.
select id as contentId, max(value) as title
from facts final
where subject = 'content' and fact = 'title' and id in {contents:Array(String)}
group by id
