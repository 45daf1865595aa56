"""Data sets: where pixels come from, of any layout, and whether they have been written."""
