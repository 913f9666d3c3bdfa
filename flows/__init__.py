"""Prefect flows: schedule, retry, show and distribute; they decide nothing."""
