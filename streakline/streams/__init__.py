"""What lies in Redis: keys, entries, records, positions, and what a reader finds when it comes back."""
