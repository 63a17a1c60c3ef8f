"""The HTTP and websocket shell: ingest, live pushes, reads, the page.

One aiohttp application whose roles (`ingest`, `live`, `api`, `jobs`) may run in one process or be split.
Start reading at `app.py` (what is opened) and `routes.py` (the whole URL surface).
"""
