"""At home on the desktop: panels, bars, the sheet of keys, the look, the reset."""
