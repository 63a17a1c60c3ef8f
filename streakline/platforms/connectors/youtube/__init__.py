"""YouTube: the Data API v3 and the Analytics API v2."""
