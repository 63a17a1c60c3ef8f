-- The greatest version of a provisional row of a shard's quarter hours from `first`, 0 for none. Called by archive when
-- Redis went back: what it writes next must beat what it wrote before.
select max(version)
from rollup
where grain = 'quarter' and shard = {shard:UInt8} and at >= {first:DateTime('UTC')} and version < 9223372036854775808
