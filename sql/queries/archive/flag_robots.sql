-- Flag the events of a shard, of entries up to `position`, that one of the changed rules matches, but for those that a rule
-- in force matches. The statement ends at once; updates_under_way says when it is done. Called by archive for a control entry.
alter table events update bot = not bot
where shard = {shard:UInt8} and 18446744073709551615 - toUInt64(bitAnd(version, 18446744073709551615)) <= {position:UInt64}
    and botReason != ''
    and arrayExists(
        (r, a, s) -> (r = '' or r = botReason) and (a = '' or position(userAgent, a) > 0)
            and (s = '' or s = if(mapContains(sent, 'source'), sent['source'], source)),
        {changed_reasons:Array(String)}, {changed_agents:Array(String)}, {changed_sources:Array(String)}
    )
    and bot = arrayExists(
        (r, a, s) -> (r = '' or r = botReason) and (a = '' or position(userAgent, a) > 0)
            and (s = '' or s = if(mapContains(sent, 'source'), sent['source'], source)),
        {reasons:Array(String)}, {agents:Array(String)}, {sources:Array(String)}
    )
