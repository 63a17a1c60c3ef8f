"""What `import` and `replay` do: files in, events out."""
