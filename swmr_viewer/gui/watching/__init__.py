"""Following scan after scan in a folder."""
