"""What a list would say if areas, dwellings and residents were changed as somebody proposes."""
