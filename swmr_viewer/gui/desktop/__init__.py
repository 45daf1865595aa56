"""Between window and desktop: bars, the sheet of keys, light or dark, the reset."""
