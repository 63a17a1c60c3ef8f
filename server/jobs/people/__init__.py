"""Jobs over persons: in batches, from where the last run stopped."""
