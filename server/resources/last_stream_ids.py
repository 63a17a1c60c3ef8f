"""The last id that a stream ever gave, also where its entries are gone."""

from __future__ import annotations

from typing import Final

LAST_IDS: Final = """
local newest = {}
for i, key in ipairs(KEYS) do
  newest[i] = '0-0'
  local info = redis.pcall('XINFO', 'STREAM', key)
  if not info.err then
    for j = 1, #info, 2 do
      if info[j] == 'last-generated-id' then newest[i] = info[j + 1] end
    end
  end
end
return newest
"""
"""Script: streams of one node as keys -> their last ids, `0-0` for one that is not there."""
