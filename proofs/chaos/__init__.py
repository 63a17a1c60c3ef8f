"""The fault test: load on a whole stack, kill -9 of every part, and a count of the sender's own log.

`python -m proofs.chaos --seconds 60`. Nothing here counts with the product's own code: what is compared
with is a plain reading of what was acknowledged.
"""
