"""What is known of persons: who is here now."""
