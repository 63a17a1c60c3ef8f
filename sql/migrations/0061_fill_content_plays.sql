-- What was counted before archive kept it here: a day that is not over yet comes with the next recount.
insert into content_plays
select contentId, sum(plays)
from content_days final
group by contentId
