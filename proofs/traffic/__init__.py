"""What clients do: events of a made-up audience, and a sender that posts them and remembers what was acknowledged."""
