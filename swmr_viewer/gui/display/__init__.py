"""How a data set is drawn: scales, levels, masks, colours, histogram, turning."""
