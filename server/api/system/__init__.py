"""The whole system as an operator sees it: its parts, its room, and what it could not take."""
