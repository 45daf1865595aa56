"""What every widget shares: colours, icons, labels, words, pop-ups, settings."""
