"""Images: layers, turning, reduction to the screen, and what is drawn over them."""
