"""Access: the API keys, the renewal of tokens, and what the bearer of either may do."""
