"""Push: what a live message costs the server, and what clients that stop reading cost the others.

`python -m bench.push`. The update takes its real way, from `sl:updates` through feed, fan-out and frames to
the sockets of `python -m server`; the clients are raw sockets in processes of their own.
"""
