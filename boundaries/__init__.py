"""The domain: areas, dwellings, residents, law and categories, as pure steps on frames."""
