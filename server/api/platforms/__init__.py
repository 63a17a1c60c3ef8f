"""Endpoints of accounts at other platforms."""
