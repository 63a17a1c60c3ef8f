"""What is said of other platforms at the edge: checked, and made the properties of its event."""
