"""What is known of a person while it happens: days and finishes as viewers keeps them, and what they answer."""
