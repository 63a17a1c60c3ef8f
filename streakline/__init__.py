"""The domain of Streakline: events, counting rules, windows and names.

Pure: no IO, no clock, no asyncio, no framework. Whoever needs the time passes it in.
"""
