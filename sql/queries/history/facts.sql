-- Every fact of one content or creator that is not empty. Called by the server.
select fact, value
from facts final
where subject = {subject:String} and id = {id:String} and value != ''
order by fact
