"""What persons state of their streaks."""
