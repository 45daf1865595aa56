"""Taking frames home: files, bursts, the clipboard."""
