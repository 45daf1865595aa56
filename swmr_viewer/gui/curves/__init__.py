"""Curves and waterfalls: spectra, and anything against the frame index."""
