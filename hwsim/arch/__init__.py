"""The architecture file: schema, loading, overrides, located errors."""
