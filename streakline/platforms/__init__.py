"""Numbers that other platforms measure of their accounts and posts: how they come in, what stands, what follows."""
