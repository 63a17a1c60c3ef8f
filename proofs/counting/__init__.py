"""What must be counted: plainly in Python, again in SQL, and adapters for what is sent and what is stored."""
