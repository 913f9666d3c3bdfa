"""The store: artifacts by digest, records by key, runs; safe with many processes."""
