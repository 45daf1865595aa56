"""What is followed and shown: the one truth that widgets show, the thread that feeds it, the intents that change it."""
