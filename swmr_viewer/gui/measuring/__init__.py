"""Measuring on frames: regions, profile, alarm, and what the reader measured of every frame."""
