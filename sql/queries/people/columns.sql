-- The rows of one person as lists side by side: a row for each of many quarter hours would take longer to read than to find.
-- Called by the server.
select
    groupArray(contentId) as all_contentId, groupArray(at_ms) as all_at_ms, groupArray(zone) as all_zone, groupArray(app) as all_app,
    groupArray(starts) as all_starts, groupArray(plays) as all_plays, groupArray(time_ms) as all_time_ms,
    groupArray(timed) as all_timed, groupArray(first_ms) as all_first_ms, groupArray(last_ms) as all_last_ms,
    groupArray(done_ms) as all_done_ms, groupArray(rated_ms) as all_rated_ms, groupArray(rating) as all_rating
from mine
