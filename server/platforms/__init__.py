"""Accounts at other platforms: grants, quotas, looks, and how what they find becomes events."""
