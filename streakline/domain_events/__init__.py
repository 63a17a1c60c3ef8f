"""Domain events: what is reported of persons to other systems, by names and fields that never change."""
