"""Whether the numbers can be trusted now: lag, silence, clocks, settlement, faults."""
