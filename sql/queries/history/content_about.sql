-- What is known of one content, and when its first counted quarter hour began. Called by the server.
select
    (select max(value) from facts final where subject = 'content' and id = {content:String} and fact = 'title') as title,
    (select max(value) from facts final where subject = 'content' and id = {content:String} and fact = 'created') as created,
    (
        select toUnixTimestamp(min(at)) * 1000
        from content_quarters final
        where shard = {shard:UInt8} and contentId = {content:String} and events > 0
    ) as first
