"""Pure numpy: levels, masks, display downsampling, statistics."""
