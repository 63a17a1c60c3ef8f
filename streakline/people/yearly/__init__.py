"""The year in review: rankings, sentences, and the whole of it."""
