"""What keeps a reader process alive, from the side of the window."""
