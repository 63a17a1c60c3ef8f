"""Streams as ingest would write them, made fast, and the process that feeds them."""
