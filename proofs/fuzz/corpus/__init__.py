"""Requests of areas that have many."""
