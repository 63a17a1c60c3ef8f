"""Instagram: the Graph API by Instagram Login."""
