"""1 January: the review of a year for everybody, how long it takes, and what live traffic notices of it."""
