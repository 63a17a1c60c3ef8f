"""A cheap load: requests made once, given new identities by replacing bytes, and posted by a process of its own."""
