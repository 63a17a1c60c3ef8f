"""Live numbers: from the partial states of the shards to topics and messages."""
