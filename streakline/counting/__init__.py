"""The content tracker: open quarter hours, what plays now, snapshots."""
