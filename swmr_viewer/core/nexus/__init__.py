"""What NeXus says of a data set beyond its pixels: axes, units, geometry, times."""
