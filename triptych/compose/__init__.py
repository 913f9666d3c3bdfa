"""The compositor: decisions first, then pixels."""
