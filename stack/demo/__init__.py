"""The demo: a generated audience that listens while you watch, with a year behind it.

Everything is a function of a seed and the calendar: the same day gives the same listeners, plays and ids, so
a restarted demo adds nothing that was there before.
"""
