"""Who came, who left, and where to."""
