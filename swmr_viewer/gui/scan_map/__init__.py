"""How far the scan is: the map of its points, the detectors, the gaps, the time left."""
