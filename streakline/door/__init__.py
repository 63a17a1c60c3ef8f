"""What is decided of a request before its content is looked at: who sends it, from where, how much it may."""
