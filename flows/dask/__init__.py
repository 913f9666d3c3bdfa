"""Compose over a Dask cluster."""
