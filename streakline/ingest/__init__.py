"""From the JSON of an event to its stamped record: decoding, rules, stamping."""
