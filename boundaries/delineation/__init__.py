"""Which parcels an area has on a date, which dwellings count toward it, and who lives there."""
