"""The work itself, in the process that owns HDF5: follow, hand out, write."""
