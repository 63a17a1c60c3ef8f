"""What can be revoked for ever: API keys, and links to shared years."""
