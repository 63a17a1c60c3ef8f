"""Webhooks: domain events posted to receivers, by one of all processes with the role `jobs`."""
