"""Accounts at other platforms, and what is measured of them."""
