"""Stories: what is said, by whom, and what happens to the flows."""
