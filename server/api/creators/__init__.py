"""What is asked about creators: their dashboards, and the catalogue of what is theirs."""
