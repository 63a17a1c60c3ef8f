"""Jobs: what is done by the clock, by one of all processes with the role `jobs`."""
