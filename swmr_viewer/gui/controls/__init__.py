"""Moving through the scan and ending it: live edge, history, playing, termination."""
