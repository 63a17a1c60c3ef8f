"""Creators: whose numbers somebody may read, and the questions that their dashboards are made of."""
