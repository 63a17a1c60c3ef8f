"""What archive does for a control entry: one is in every shard's stream, behind what it is about."""
