"""Bytewax dataflows: thin shells around the trackers of `streakline`."""
