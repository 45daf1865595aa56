"""Files and paths: opened without hurting a writer, and explained where that fails."""
