"""Webhooks and their deliveries, as an admin asks for them."""
