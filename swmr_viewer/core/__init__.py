"""What the file says: numpy and h5py, nothing else.

The public door is ``swmr_viewer`` itself. This file stays empty on purpose: the window's process
imports the errors and the conditions from here and must never load h5py with them.
"""
