"""What runs in the reader process: it alone touches HDF5."""
