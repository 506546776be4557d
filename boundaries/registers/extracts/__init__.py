"""Official extracts of BBR, DAR and MAT as they come: recognised, filtered to what is in force, joined."""
