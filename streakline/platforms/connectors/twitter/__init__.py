"""X, which the documents call Twitter: its API v2."""
