"""Redis and the history in memory, with the interfaces that the flows use."""
