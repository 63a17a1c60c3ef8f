"""Webhooks: to whom domain events are posted, how they are signed, and when a failed delivery is tried again."""
