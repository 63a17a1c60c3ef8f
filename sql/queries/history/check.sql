-- Nothing, of every table that questions of history read: it fails where one is missing or not granted. For jobs.
select
    (select count() from closed where false)
    + (select count() from content where false)
    + (select count() from content_days where false)
    + (select count() from content_names where false)
    + (select count() from content_plays where false)
    + (select count() from content_quarters where false)
    + (select count() from content_stops where false)
    + (select count() from creator_contents where false)
    + (select count() from creators where false)
    + (select count() from events where false)
    + (select count() from facts where false)
    + (select count() from follow_quarters where false)
    + (select count() from person_history where false)
    + (select count() from person_ids where false)
    + (select count() from personal_events where false)
    + (select count() from rollup where false)
    + (select count() from site_counts where false) as nothing
