-- Reads the first granule of a part, and fails if it cannot.
select ignore(*) from {table:Identifier} where _part = {part:String} limit 1
