"""TikTok: the Display API v2 and the Accounts API v1.3 of its Business API, whose numbers mean different things."""
