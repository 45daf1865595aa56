"""Reducing a scan while it runs: followed, handed to an engine, written to a file with keys of its own."""
