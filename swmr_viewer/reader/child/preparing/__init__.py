"""What a frame is before it is shown or measured: masks, dark and flat frames, a reference; and the files that these come from."""
