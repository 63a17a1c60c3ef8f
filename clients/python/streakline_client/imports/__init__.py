"""Importers: pure parsers from what other services export to events of the wire.

Each module has `parse(lines, user, tz)`: the text of one file in, one outcome a row out. They read no files,
send nothing and know no clock, so that the same rows always make the same events.
"""
