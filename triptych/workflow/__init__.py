"""The workflow file: models, loading with positions, expressions, planning."""
