"""A snapshot -> files: pure functions over arrays and metadata."""
