"""Values for every scan point: measured on frames, read from the file, and the order in which frames were taken."""
