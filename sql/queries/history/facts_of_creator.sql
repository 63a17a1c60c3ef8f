-- Every fact of one creator. Called by the server.
select fact, value
from facts final
where subject = 'creator' and id = {creator:String}
