"""What is written: results beside a scan, and single frames."""
