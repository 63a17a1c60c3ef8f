"""A seeded simulation of the flows: real trackers and real flow logics over stand-ins for Redis and the history."""
