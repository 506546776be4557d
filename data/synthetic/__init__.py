"""The synthetic kommune: a seeded, fictional demo that hits no real place or person."""
