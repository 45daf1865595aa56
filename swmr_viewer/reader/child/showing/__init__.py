"""Which frames are shown, and their delivery: the newest, every one in turn, one, several as one, or those of other data sets beside it."""
