"""What follows from observations, each number with its one definition: growth, rates, scores, sums over posts."""
