"""Events in: `POST /api/stats/events` and the way to acknowledged stream entries."""
