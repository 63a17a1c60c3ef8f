-- What the catalogue knows of the contents of one person, as lists side by side. Called by the server.
select
    groupArray(content) as ids, groupArray(type) as types, groupArray(parent) as parents, groupArray(creator) as creators,
    groupArray(genre) as genres, groupArray(title) as titles, groupArray(length) as lengths
from known
