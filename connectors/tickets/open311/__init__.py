"""Open311 GeoReport v2: as a client of others, and served to others."""
