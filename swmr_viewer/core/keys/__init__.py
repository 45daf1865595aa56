"""Key datasets: which keys are set, found while they are being written; and what stands in where there are none."""
